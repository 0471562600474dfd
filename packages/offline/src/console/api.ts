import * as z from "zod";
import type { Architecture } from "../runtime/panel.ts";
import type { ConsoleSource } from "../runtime/runtime.ts";
import { HttpError } from "../util/http-error.ts";
import { joinArchitecture } from "./architecture.ts";
import type { Overview } from "./model.ts";
import { dispatch } from "./routes.ts";
import { waterfallOf } from "./waterfall.ts";

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

  const routes: Parameters<typeof dispatch>[0] = {
    "GET /api/overview": overview,
    "GET /api/counts": notes,
    "GET /api/traces/:id"({ id = "" }) {
      const waterfall = waterfallOf(TraceId.parse(id), history, traces);
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
  return (method: string, url: URL): unknown => dispatch(routes, method, url);
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
