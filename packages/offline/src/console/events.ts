import type { ServerResponse } from "node:http";
import type { Activity } from "./activity.ts";
import type { ConsoleRequest, Topic } from "./model.ts";

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
export function createEvents(activity: Activity, runtime: string): Events {
  const pages = new Set<ServerResponse>();
  let requests: ConsoleRequest[] = [];
  let topics = new Set<Topic>();
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

  function begin() {
    heartbeat = setInterval(send, HEARTBEAT_MS, ":\n\n");
    activity.listener = {
      request(request) {
        requests.push(request);
        timer ??= setTimeout(flush, GATHERING_MS);
      },
      changed(topic) {
        topics.add(topic);
        timer ??= setTimeout(flush, GATHERING_MS);
      },
    };
  }

  function end() {
    activity.listener = undefined;
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
      if (pages.size === 0) begin();
      pages.add(response);
      response.once("close", () => {
        if (pages.delete(response) && pages.size === 0) end();
      });
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const snapshot = { runtime, requests: activity.requests.items() };
      response.write(`retry: 500\n${message("snapshot", snapshot)}`);
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
      end();
    },
  };
}

const message = (event: string, data: object) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
