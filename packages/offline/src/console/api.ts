import * as z from "zod";
import type { Architecture, PanelHandler } from "../runtime/panel.ts";
import type { ConsoleSource } from "../runtime/runtime.ts";
import { HttpError } from "../util/http-error.ts";
import { joinArchitecture } from "./architecture.ts";
import type { Overview } from "./page-data.ts";
import { buildWaterfall } from "./waterfall.ts";

const TraceId = z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, "is not the id of a trace");

/**
 * Creates the console's JSON API: overview, notes, traces, and the routes of the services' panels.
 *
 * @param runtimeId id of this run of the runtime
 * @returns a function that responds to a request; the result is sent as JSON
 */
export function createApi(runtime: ConsoleSource, runtimeId: string) {
  const { app, stage, history, panels, traces } = runtime;

  async function readArchitecture(): Promise<Architecture> {
    return joinArchitecture(await Promise.all(runtime.architectures()));
  }

  async function readOverview(): Promise<Overview> {
    const { nodes, edges } = await readArchitecture();
    return {
      runtime: runtimeId,
      app,
      stage,
      urls: runtime.appUrls,
      panels: panels.map(({ id, title, view }) => ({ id, title, hasView: view !== undefined })),
      nodes: nodes.map(({ id, kind, name, link }) => ({ id, kind, name, link })),
      edges,
    };
  }

  async function readNotes(): Promise<Record<string, string>> {
    const { nodes } = await readArchitecture();
    return Object.fromEntries(nodes.map(({ id, note }) => [id, note]));
  }

  const routes: Record<string, PanelHandler> = {
    "GET /api/overview": readOverview,
    "GET /api/notes": readNotes,
    "GET /api/traces/:id"({ id = "" }) {
      const waterfall = buildWaterfall(TraceId.parse(id), history, traces);
      if (!waterfall)
        throw new HttpError(404, "This trace is unknown, or too old to be in memory.");
      return waterfall;
    },
    "GET /api/panels/:id": ({ id }) => {
      const panel = panels.find((one) => one.id === id);
      if (!panel?.listItems) throw new HttpError(404, `The panel ${id} does not exist.`);
      return panel.listItems();
    },
    ...Object.assign({}, ...panels.map((panel) => panel.routes)),
  };
  return (method: string, url: URL): unknown => dispatchRequest(routes, method, url);
}

/** Converts an error to the response that reports it. */
export function toErrorResponse(error: unknown): { status: number; message: string } {
  if (error instanceof HttpError) return error;
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const path = issue?.path.join(".");
    return { status: 400, message: `${path ? `${path}: ` : ""}${issue?.message}` };
  }
  return { status: 500, message: (error as Error).message };
}

/**
 * Calls the handler of a request.
 *
 * @param routes handlers by route, for example `GET /api/tables/:name`
 * @returns the handler's result, which is sent as JSON
 * @throws {HttpError} 404: no route has the path; 405: the path's routes have other methods; 400: the
 *   path is not percent-encoded correctly.
 */
export function dispatchRequest(
  routes: Record<string, PanelHandler>,
  method: string,
  url: URL,
): unknown {
  const path = decodePath(url.pathname);
  let hasPath = false;
  for (const [route, handler] of Object.entries(routes)) {
    const [routeMethod, pattern = ""] = route.split(" ");
    const parameters = matchPath(pattern.split("/"), path);
    if (!parameters) continue;
    if (routeMethod === method) return handler(parameters, readQuery(url));
    hasPath = true;
  }
  if (hasPath) throw new HttpError(405, `${url.pathname} does not support the method ${method}.`);
  throw new HttpError(404, `${url.pathname} does not exist.`);
}

function decodePath(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new HttpError(400, "The path is not percent-encoded correctly.");
  }
}

function matchPath(pattern: string[], path: string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = path[index] as string;
    if (part.startsWith(":")) parameters[part.slice(1)] = given;
    else if (part !== given) return undefined;
  }
  return parameters;
}

/** Returns the query parameters, without empty ones: forms send those for empty fields. */
function readQuery(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ""));
}
