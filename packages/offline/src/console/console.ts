import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { ConsoleSource } from "../runtime/runtime.ts";
import { close, listen } from "../util/listen.ts";
import { checkOrigin } from "../util/origin-check.ts";

export interface ConsoleOptions {
  runtime: ConsoleSource;
  /** 0 takes any free port, as does one that another program uses. */
  port: number;
}

export interface Console {
  /** For example `http://localhost:3002`. */
  url: string;
  close(): Promise<void>;
}

/** Everything comes from here: no script, style or image of anybody else, and no inline one. */
const HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    ...["script-src", "style-src", "connect-src", "img-src"].map((name) => `${name} 'self'`),
    ...["base-uri", "form-action", "frame-ancestors"].map((name) => `${name} 'none'`),
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Serves the console on the loopback interface: a page that shows what the app does, and the JSON
 * API and events that it lives on. All but the server itself is loaded when somebody first asks.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  let loading: ReturnType<typeof load> | undefined;
  const server = createServer((request, response) => {
    const refusal = checkOrigin(request.headers) ?? requireOrigin(request.method, request.headers);
    if (refusal) return send(response, 403, { message: refusal });
    loading ??= load(options);
    loading
      .then(({ respond }) => respond(request, response))
      .catch((error) => send(response, 500, { message: String(error) }));
  });
  // The app shall run, whoever has the port: the URL is printed.
  const listenOn = (wanted: number) => listen(server, wanted, "the console");
  const port = await listenOn(options.port).catch(() => listenOn(0));
  return {
    url: `http://localhost:${port}`,
    async close() {
      (await loading)?.events.close();
      await close(server);
    },
  };
}

/** Only the console's page, which sends its `Origin`, may change anything: no program does. */
function requireOrigin(method = "", { origin }: IncomingHttpHeaders): string | undefined {
  const isChange = method !== "GET" && method !== "HEAD";
  return isChange && !origin ? "Only the console's own page may change anything." : undefined;
}

async function load(options: ConsoleOptions) {
  const [{ createApi, toErrorResponse }, { createEvents }, { createAssets }] = await Promise.all([
    import("./api.ts"),
    import("./events.ts"),
    import("./assets.ts"),
  ]);
  const runtimeId = randomUUID();
  const { events: source, history, panels } = options.runtime;
  const api = createApi(options.runtime, runtimeId);
  const events = createEvents(source, history, runtimeId);
  const assets = createAssets(panels);

  async function respond({ method = "", url = "/" }: IncomingMessage, response: ServerResponse) {
    try {
      const target = new URL(url, "http://localhost");
      if (method === "GET" && target.pathname === "/api/events") {
        response.setHeaders(new Map(Object.entries(HEADERS)));
        return events.open(response);
      }
      const asset = method === "GET" ? assets[target.pathname] : undefined;
      if (!asset) return send(response, 200, (await api(method, target)) as object);
      const { type, content } = await asset();
      response.writeHead(200, { ...HEADERS, "content-type": type, "cache-control": "no-cache" });
      response.end(content);
    } catch (error) {
      const { status, message } = toErrorResponse(error);
      send(response, status, { message });
    }
  }
  return { respond, events };
}

function send(response: ServerResponse, status: number, body: object): void {
  const headers = { ...HEADERS, "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
