import { UserError } from "../../util/user-error.ts";
import type { HttpRoute } from "./resources.ts";

/** The route that takes a request, and what its path variables caught. */
export interface RouteMatch {
  route: HttpRoute;
  pathParameters?: Record<string, string>;
}

export type Router = (method: string, segments: readonly string[]) => RouteMatch | undefined;

/** One place in the tree of paths. Routes are kept by method, `ANY` among them. */
interface Place {
  literals: Map<string, Place>;
  variable?: Place;
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
 * Indexes the routes of an API once; the router then finds the most specific one: a full match of
 * path and method, then the longest greedy match, then `$default`. On the way a literal segment
 * comes before a variable and a method before `ANY`. A trailing slash makes another path, which
 * only a greedy variable (then empty) catches.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @throws UserError for a route that this gateway cannot serve.
 */
export function indexRoutes(routes: readonly HttpRoute[]): Router {
  const root = newPlace();
  let fallback: RouteMatch | undefined;
  for (const route of routes) {
    if (route.payloadFormatVersion !== "2.0") {
      throw new UserError(
        `Route "${route.key}" uses payload format ${route.payloadFormatVersion}: offline only 2.0 is served, so set its payloadFormatVersion to "2.0".`,
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

function newPlace(): Place {
  return { literals: new Map(), routes: new Map(), greedyRoutes: new Map() };
}

function addRoute(root: Place, route: HttpRoute): void {
  const [, method, path] = ROUTE_KEY.exec(route.key) ?? [];
  if (method === undefined || path === undefined) {
    throw new UserError(
      `Route key "${route.key}" is not valid: write "METHOD /path" with ANY or an HTTP method in capitals, or "$default".`,
    );
  }
  const variables: IndexedRoute["variables"] = [];
  const segments = path.split("/");
  let place = root;
  for (const [position, segment] of segments.entries()) {
    const [, name, plus] = VARIABLE.exec(segment) ?? [];
    if (name === undefined) {
      place = getOrAdd(place.literals, segment);
      continue;
    }
    variables.push({ name, position, greedy: plus === "+" });
    if (plus === "+") {
      if (position !== segments.length - 1) {
        throw new UserError(
          `Route key "${route.key}" is not valid: move {${name}+} to the end of the path.`,
        );
      }
      place.greedyRoutes.set(method, { route, variables });
      return;
    }
    place.variable ??= newPlace();
    place = place.variable;
  }
  place.routes.set(method, { route, variables });
}

function getOrAdd(places: Map<string, Place>, segment: string): Place {
  let place = places.get(segment);
  if (!place) {
    place = newPlace();
    places.set(segment, place);
  }
  return place;
}

type Finder = (
  place: Place,
  method: string,
  segments: readonly string[],
  depth: number,
) => IndexedRoute | undefined;

const findFull: Finder = (place, method, segments, depth) =>
  depth === segments.length
    ? ofMethod(place.routes, method)
    : findBelow(findFull, place, method, segments, depth);

const findGreedy: Finder = (place, method, segments, depth) =>
  depth === segments.length
    ? undefined
    : (findBelow(findGreedy, place, method, segments, depth) ??
      ofMethod(place.greedyRoutes, method));

function findBelow(
  find: Finder,
  place: Place,
  method: string,
  segments: readonly string[],
  depth: number,
): IndexedRoute | undefined {
  const segment = segments[depth] as string;
  const literal = place.literals.get(segment);
  const found = literal && find(literal, method, segments, depth + 1);
  if (found || !place.variable || segment === "") return found;
  return find(place.variable, method, segments, depth + 1);
}

function ofMethod(routes: Map<string, IndexedRoute>, method: string): IndexedRoute | undefined {
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
