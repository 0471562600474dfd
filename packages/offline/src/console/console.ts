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
  /** 0: any free port, which is also the fallback if another program uses the port. */
  port: number;
}

export interface Console {
  /** For example `http://localhost:3002`. */
  url: string;
  close(): Promise<void>;
}

/** The page may load scripts, styles and images only from this server, and none may be inline. */
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
 * Starts the console on the loopback interface: a page that shows the running app, and the JSON API and
 * the events that it uses. Everything except the HTTP server is loaded at the first request.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  let loading: ReturnType<typeof load> | undefined;
  const server = createServer((request, response) => {
    const rejection =
      checkOrigin(request.headers) ?? requireOrigin(request.method, request.headers);
    if (rejection) return send(response, 403, { message: rejection });
    loading ??= load(options);
    loading
      .then(({ respond }) => respond(request, response))
      .catch((error) => send(response, 500, { message: String(error) }));
  });
  // A used port must not prevent the app from starting. The terminal shows the URL.
  const listenOn = (wantedPort: number) => listen(server, wantedPort, "the console");
  const port = await listenOn(options.port).catch(() => listenOn(0));
  return {
    url: `http://localhost:${port}`,
    async close() {
      (await loading)?.events.close();
      await close(server);
    },
  };
}

/** Returns why a change is refused: only browsers send `Origin`, and other programs may not change anything. */
function requireOrigin(method = "", { origin }: IncomingHttpHeaders): string | undefined {
  const isChange = method !== "GET" && method !== "HEAD";
  return isChange && !origin
    ? "Only the console's page may send requests that change something."
    : undefined;
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
