import { useEffect, useState } from "preact/hooks";
import type { RecordedRequest } from "../../runtime/history/records.ts";

/** As many as the server keeps. */
const MAX_REQUESTS = 500;

/** Milliseconds from a change until what shows it is asked for again, and until it may be once more. */
const REFRESH_MS = 300;

/** How long (ms) to wait before a connection that was refused is tried again. */
const RETRY_MS = 1000;

interface Live {
  connected: boolean;
  /** The id of the runtime's run; none before the first connection. */
  runtime: string | undefined;
  /** The newest first. */
  requests: RecordedRequest[];
}

let live: Live = { connected: false, runtime: undefined, requests: [] };
/** Instead of topics, after a new connection: anything may have changed. */
const EVERYTHING = "everything";

const watchers = new Set<() => void>();
const listeners = new Set<(topics: string[] | typeof EVERYTHING) => void>();

function update(change: Partial<Live>) {
  live = { ...live, ...change };
  for (const watcher of watchers) watcher();
}

/** Listens to the runtime from now on. Browsers connect again by themselves while they can. */
export function connect(): void {
  const events = new EventSource("/api/events");
  events.addEventListener("snapshot", ({ data }) => {
    const { runtime, requests } = JSON.parse(data) as Live & { runtime: string };
    update({ connected: true, runtime, requests: requests.reverse() });
    for (const listener of listeners) listener(EVERYTHING);
  });
  events.addEventListener("requests", ({ data }) => {
    const news = JSON.parse(data) as RecordedRequest[];
    update({ requests: [...news.reverse(), ...live.requests].slice(0, MAX_REQUESTS) });
  });
  events.addEventListener("changed", ({ data }) => {
    for (const listener of listeners) listener(JSON.parse(data) as string[]);
  });
  events.addEventListener("error", () => {
    update({ connected: false });
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

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

/** What the server says, and why it does not. */
export interface Loaded<Data> {
  data?: Data;
  error?: string;
}

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
 * The loaded to a question, asked again when something of the topics has changed. While there is
 * no new one, the old one stays.
 */
export function useResource<Data>(path: string | undefined, topics: string[]): Loaded<Data> {
  const [loaded, setLoaded] = useState<Loaded<Data> & { path?: string }>({});
  useEffect(() => {
    if (path === undefined) return;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = async () => {
      timer = undefined;
      const next = await fetchJson<Data>(path);
      if (isGone) return;
      setLoaded((last) => ({ ...(next.error && last.path === path && last), ...next, path }));
    };
    const listener = (changed: string[] | typeof EVERYTHING) => {
      if (changed !== EVERYTHING && !topics.some((topic) => changed.includes(topic))) return;
      timer ??= setTimeout(refresh, REFRESH_MS);
    };
    void refresh();
    listeners.add(listener);
    return () => {
      isGone = true;
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [path, topics.join()]);
  return loaded.path === path ? loaded : {};
}
