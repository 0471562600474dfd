import { useEffect, useState } from "preact/hooks";
import type { RecordedRequest } from "../../runtime/history/records.ts";

/** The number of requests that the server stores. */
const MAX_REQUESTS = 500;

/** Milliseconds between a change and the next load of the resources that it affects. */
const REFRESH_MS = 300;

/** Milliseconds before the next attempt after a refused connection. */
const RETRY_MS = 1000;

interface Live {
  connected: boolean;
  /** Id of the runtime's run. Undefined before the first connection. */
  runtime: string | undefined;
  /** Newest first. */
  requests: RecordedRequest[];
}

let live: Live = { connected: false, runtime: undefined, requests: [] };
/** Used instead of topics after a new connection, because everything may have changed. */
const EVERYTHING = "everything";

const watchers = new Set<() => void>();
const listeners = new Set<(topics: string[] | typeof EVERYTHING) => void>();

function update(change: Partial<Live>) {
  live = { ...live, ...change };
  for (const watcher of watchers) watcher();
}

/** Connects to the runtime's events. Browsers reconnect themselves, except after a refused connection. */
export function connect(): void {
  const events = new EventSource("/api/events");
  events.addEventListener("snapshot", ({ data }) => {
    const { runtime, requests } = JSON.parse(data) as Live & { runtime: string };
    update({ connected: true, runtime, requests: requests.reverse() });
    for (const listener of listeners) listener(EVERYTHING);
  });
  events.addEventListener("requests", ({ data }) => {
    const added = JSON.parse(data) as RecordedRequest[];
    update({ requests: [...added.reverse(), ...live.requests].slice(0, MAX_REQUESTS) });
  });
  events.addEventListener("changed", ({ data }) => {
    for (const listener of listeners) listener(JSON.parse(data) as string[]);
  });
  events.addEventListener("error", () => {
    update({ connected: false });
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

/** Returns the state of the connection and the recent requests, and renders again when they change. */
export function useLive(): Live {
  const [state, setState] = useState(live);
  useEffect(() => {
    const watcher = () => setState(live);
    watchers.add(watcher);
    watcher();
    return () => void watchers.delete(watcher);
  }, []);
  return state;
}

/** The data of a response, or why there is none. */
export interface Loaded<Data> {
  data?: Data;
  error?: string;
}

/** Sends a request to the console's JSON API. Never rejects. */
export async function fetchJson<Data>(path: string, init?: RequestInit): Promise<Loaded<Data>> {
  try {
    const response = await fetch(path, init);
    const body = await response.json();
    return response.ok ? { data: body } : { error: body.message };
  } catch {
    return { error: "The runtime does not respond: run npm start again." };
  }
}

/**
 * Loads a resource of the console's JSON API, and loads it again after a topic changed. Until the new data
 * arrives, and if loading fails, the previous data stays.
 *
 * @param path undefined: nothing is loaded
 * @param topics ids of panels, or `traces`
 */
export function useResource<Data>(path: string | undefined, topics: string[]): Loaded<Data> {
  const [loaded, setLoaded] = useState<Loaded<Data> & { path?: string }>({});
  useEffect(() => {
    if (path === undefined) return;
    let isUnmounted = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = async () => {
      timer = undefined;
      const next = await fetchJson<Data>(path);
      if (isUnmounted) return;
      setLoaded((last) => ({ ...(next.error && last.path === path && last), ...next, path }));
    };
    const listener = (changed: string[] | typeof EVERYTHING) => {
      if (changed !== EVERYTHING && !topics.some((topic) => changed.includes(topic))) return;
      timer ??= setTimeout(refresh, REFRESH_MS);
    };
    void refresh();
    listeners.add(listener);
    return () => {
      isUnmounted = true;
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [path, topics.join()]);
  return loaded.path === path ? loaded : {};
}
