import { UserError } from "../../util/user-error.ts";
import type { HttpRoute } from "./resources.ts";

/** The route that matches a request, with the values of its path variables. */
export interface RouteMatch {
  route: HttpRoute;
  pathParameters?: Record<string, string>;
}

/** Finds the most specific route; undefined if none matches. */
export type Router = (method: string, segments: readonly string[]) => RouteMatch | undefined;

/** A node in the tree of paths. Routes are stored by method, including `ANY`. */
interface RouteNode {
  literals: Map<string, RouteNode>;
  variable?: RouteNode;
  routes: Map<string, IndexedRoute>;
  greedyRoutes: Map<string, IndexedRoute>;
}

interface IndexedRoute {
  route: HttpRoute;
  variables: { name: string; position: number; greedy: boolean }[];
}

const ROUTE_KEY = /^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/(.*)$/;
const VARIABLE = /^\{([^{}+]+)(\+?)\}$/;

/**
 * Creates the router of an API. Its order is: a full match of path and method, the longest greedy match,
 * `$default`. A literal segment takes precedence over a variable, and a method over `ANY`. A path with
 * a trailing slash is a different path, which matches only a greedy variable (then empty).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @throws {UserError} A route is not valid, or uses payload format 1.0.
 */
export function createRouter(routes: readonly HttpRoute[]): Router {
  const root = createNode();
  let fallback: RouteMatch | undefined;
  for (const route of routes) {
    if (route.payloadFormatVersion !== "2.0") {
      throw new UserError(
        `Route "${route.key}" uses payload format ${route.payloadFormatVersion}, which is not supported offline: set its payloadFormatVersion to "2.0".`,
      );
    }
    if (route.key === "$default") fallback = { route };
    else addRoute(root, route);
  }
  return (method, segments) => {
    const found = findFull(root, method, segments, 0) ?? findGreedy(root, method, segments, 0);
    return found ? toMatch(found, segments) : fallback;
  };
}

function createNode(): RouteNode {
  return { literals: new Map(), routes: new Map(), greedyRoutes: new Map() };
}

function addRoute(root: RouteNode, route: HttpRoute): void {
  const [, method, path] = ROUTE_KEY.exec(route.key) ?? [];
  if (method === undefined || path === undefined) {
    throw new UserError(
      `Route key "${route.key}" is not valid: use "METHOD /path" with ANY or an HTTP method in upper case, or "$default".`,
    );
  }
  const variables: IndexedRoute["variables"] = [];
  const segments = path.split("/");
  let node = root;
  for (const [position, segment] of segments.entries()) {
    const [, name, plus] = VARIABLE.exec(segment) ?? [];
    if (name === undefined) {
      node = getOrAdd(node.literals, segment);
      continue;
    }
    variables.push({ name, position, greedy: plus === "+" });
    if (plus === "+") {
      if (position !== segments.length - 1) {
        throw new UserError(
          `Route key "${route.key}" is not valid: move {${name}+} to the end of the path.`,
        );
      }
      node.greedyRoutes.set(method, { route, variables });
      return;
    }
    node.variable ??= createNode();
    node = node.variable;
  }
  node.routes.set(method, { route, variables });
}

function getOrAdd(nodes: Map<string, RouteNode>, segment: string): RouteNode {
  let node = nodes.get(segment);
  if (!node) {
    node = createNode();
    nodes.set(segment, node);
  }
  return node;
}

type Finder = (
  node: RouteNode,
  method: string,
  segments: readonly string[],
  depth: number,
) => IndexedRoute | undefined;

const findFull: Finder = (node, method, segments, depth) =>
  depth === segments.length
    ? getByMethod(node.routes, method)
    : findInChildren(findFull, node, method, segments, depth);

const findGreedy: Finder = (node, method, segments, depth) =>
  depth === segments.length
    ? undefined
    : (findInChildren(findGreedy, node, method, segments, depth) ??
      getByMethod(node.greedyRoutes, method));

function findInChildren(
  find: Finder,
  node: RouteNode,
  method: string,
  segments: readonly string[],
  depth: number,
): IndexedRoute | undefined {
  const segment = segments[depth] as string;
  const literal = node.literals.get(segment);
  const found = literal && find(literal, method, segments, depth + 1);
  if (found || !node.variable || segment === "") return found;
  return find(node.variable, method, segments, depth + 1);
}

function getByMethod(routes: Map<string, IndexedRoute>, method: string): IndexedRoute | undefined {
  return routes.get(method) ?? routes.get("ANY");
}

function toMatch({ route, variables }: IndexedRoute, segments: readonly string[]): RouteMatch {
  if (variables.length === 0) return { route };
  const pathParameters: Record<string, string> = {};
  for (const { name, position, greedy } of variables) {
    pathParameters[name] = greedy
      ? segments.slice(position).join("/")
      : (segments[position] as string);
  }
  return { route, pathParameters };
}
