import * as z from "zod";
import type { Architecture, PanelHandler } from "../runtime/panel.ts";
import type { ConsoleSource } from "../runtime/runtime.ts";
import { HttpError } from "../util/http-error.ts";
import { joinArchitecture } from "./architecture.ts";
import type { Overview } from "./page-data.ts";
import { buildWaterfall } from "./waterfall.ts";

const TraceId = z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, "not the id of a trace");

/**
 * Creates the console's JSON API: the app, its traces, and what the services' panels add.
 *
 * @param runtime id of this run of the runtime
 */
export function createApi(runtime: ConsoleSource, runtimeId: string) {
  const { app, stage, history, panels, traces } = runtime;

  async function drawArchitecture(): Promise<Architecture> {
    return joinArchitecture(await Promise.all(runtime.architectures()));
  }

  async function overview(): Promise<Overview> {
    const { nodes, edges } = await drawArchitecture();
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

  async function notes(): Promise<Record<string, string>> {
    const { nodes } = await drawArchitecture();
    return Object.fromEntries(nodes.map(({ id, note }) => [id, note]));
  }

  const routes: Record<string, PanelHandler> = {
    "GET /api/overview": overview,
    "GET /api/notes": notes,
    "GET /api/traces/:id"({ id = "" }) {
      const waterfall = buildWaterfall(TraceId.parse(id), history, traces);
      if (!waterfall) throw new HttpError(404, "This trace is not in memory any more.");
      return waterfall;
    },
    "GET /api/panels/:id": ({ id }) => {
      const panel = panels.find((one) => one.id === id);
      if (!panel?.listItems) throw new HttpError(404, `There is no panel ${id}.`);
      return panel.listItems();
    },
    ...Object.assign({}, ...panels.map((panel) => panel.routes)),
  };
  return (method: string, url: URL): unknown => dispatchRequest(routes, method, url);
}

/** Returns the response to a request that failed with `error`. */
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
 * Finds the handler of a request among routes such as `GET /api/tables/:name`.
 *
 * @returns the answer, to be sent as JSON
 * @throws {HttpError} 404 for a path that there is not, 405 for a method that it does not have,
 *   400 for one that is not encoded as it should be.
 */
export function dispatchRequest(
  routes: Record<string, PanelHandler>,
  method: string,
  url: URL,
): unknown {
  const path = decode(url.pathname);
  let isKnown = false;
  for (const [route, handler] of Object.entries(routes)) {
    const [wanted, pattern = ""] = route.split(" ");
    const parameters = match(pattern.split("/"), path);
    if (!parameters) continue;
    if (wanted === method) return handler(parameters, queryOf(url));
    isKnown = true;
  }
  if (isKnown) throw new HttpError(405, `There is no ${method} of ${url.pathname}.`);
  throw new HttpError(404, `There is no ${url.pathname}.`);
}

function decode(path: string): string[] {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    throw new HttpError(400, "The path is not well-formed.");
  }
}

function match(pattern: string[], path: string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = path[index] as string;
    if (part.startsWith(":")) parameters[part.slice(1)] = given;
    else if (part !== given) return undefined;
  }
  return parameters;
}

/** Parameters that are empty, as forms send them, are none. */
function queryOf(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ""));
}
