import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { RuntimeEvents } from "../runtime/events.ts";
import type { History } from "../runtime/history/history.ts";
import type { RecordedRequest } from "../runtime/history/records.ts";

/** Milliseconds between messages: at most ten per second, even for a thousand requests per second. */
const BATCHING_MS = 100;

/** Milliseconds between comments that prevent timeouts and detect closed connections. */
const HEARTBEAT_MS = 15_000;

/** Buffered bytes for a page that does not read. Beyond that it is disconnected, and connects again. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** The event stream of the console's page. */
export interface Events {
  /** Sends a snapshot to a page, then all events. */
  open(response: ServerResponse): void;
  close(): void;
}

/**
 * Creates the Server-Sent Events: `snapshot` (all recorded requests) when a page connects, then
 * `requests` (new ones) and `changed` (topics: ids of panels, or `traces`). Listens to the runtime only
 * while a page is connected.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @param runtime id of this run of the runtime
 */
export function createEvents(
  source: EventEmitter<RuntimeEvents>,
  history: History,
  runtime: string,
): Events {
  const pages = new Set<ServerResponse>();
  let requests: RecordedRequest[] = [];
  let topics = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let heartbeat: NodeJS.Timeout | undefined;

  function send(text: string) {
    for (const page of pages) {
      if (page.writableLength > MAX_BUFFERED) page.destroy();
      else page.write(text);
    }
  }

  function flush() {
    timer = undefined;
    let text = "";
    if (requests.length > 0) text += formatEvent("requests", requests);
    if (topics.size > 0) text += formatEvent("changed", [...topics]);
    requests = [];
    topics = new Set();
    send(text);
  }

  function onRequest(request: RecordedRequest) {
    requests.push(request);
    timer ??= setTimeout(flush, BATCHING_MS);
  }

  function onChange(panelId: string) {
    topics.add(panelId);
    timer ??= setTimeout(flush, BATCHING_MS);
  }

  function startListening() {
    heartbeat = setInterval(send, HEARTBEAT_MS, ":\n\n");
    source.on("recordedRequest", onRequest).on("changed", onChange);
  }

  function stopListening() {
    source.off("recordedRequest", onRequest).off("changed", onChange);
    clearInterval(heartbeat);
    clearTimeout(timer);
    timer = undefined;
    requests = [];
    topics = new Set();
  }

  return {
    open(response) {
      // The snapshot contains the batch for the other pages, so send that first.
      if (timer) clearTimeout(timer);
      flush();
      if (pages.size === 0) startListening();
      pages.add(response);
      response.once("close", () => {
        if (pages.delete(response) && pages.size === 0) stopListening();
      });
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const snapshot = { runtime, requests: history.requests.items() };
      response.write(`retry: 500\n${formatEvent("snapshot", snapshot)}`);
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
      stopListening();
    },
  };
}

const formatEvent = (event: string, data: object) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
