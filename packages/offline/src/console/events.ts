import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { RuntimeEvents } from "../runtime/events.ts";
import type { History } from "../runtime/history/history.ts";
import type { RecordedRequest } from "../runtime/history/records.ts";

/** Milliseconds that news waits for more, so that a thousand requests a second are ten messages. */
const GATHERING_MS = 100;

/** Keeps connections open, and finds those that are not. */
const HEARTBEAT_MS = 15_000;

/** Bytes that wait for a page which does not read: it is cut off, and begins anew. */
const MAX_WAITING = 4 * 1024 * 1024;

/** The news, for pages that listen. */
export interface Events {
  /** Tells a page all there is, and from then on what comes. */
  open(response: ServerResponse): void;
  close(): void;
}

/**
 * Server-Sent Events: `snapshot` (all requests that are kept) on each connection, then `requests`
 * (those answered since) and `changed` (topics). Costs nothing while nobody listens.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @param runtime an id of this run of the runtime
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
      if (page.writableLength > MAX_WAITING) page.destroy();
      else page.write(text);
    }
  }

  function flush() {
    timer = undefined;
    let text = "";
    if (requests.length > 0) text += message("requests", requests);
    if (topics.size > 0) text += message("changed", [...topics]);
    requests = [];
    topics = new Set();
    send(text);
  }

  function onRequest(request: RecordedRequest) {
    requests.push(request);
    timer ??= setTimeout(flush, GATHERING_MS);
  }

  function onChange(panelId: string) {
    topics.add(panelId);
    timer ??= setTimeout(flush, GATHERING_MS);
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
      // What is gathered for the others is part of the snapshot already.
      if (timer) clearTimeout(timer);
      flush();
      if (pages.size === 0) startListening();
      pages.add(response);
      response.once("close", () => {
        if (pages.delete(response) && pages.size === 0) stopListening();
      });
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const snapshot = { runtime, requests: history.requests.items() };
      response.write(`retry: 500\n${message("snapshot", snapshot)}`);
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
      stopListening();
    },
  };
}

const message = (event: string, data: object) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
