import { DatabaseSync } from "node:sqlite";

/** An event that waits to be given to a function. Times in milliseconds since 1970. */
export interface QueuedEvent {
  functionArn: string;
  /** JSON. */
  payload: string;
  request: { requestId: string; traceHeader?: string };
  acceptedAt: number;
  /** When it is given to the function, for the first time or again. */
  dueAt: number;
  /** Attempts that the function failed. */
  failures: number;
  /** Attempts that were throttled. */
  throttles: number;
}

/** Events by request id, in a file. What was put stays, even if the runtime is killed right after. */
export interface EventStore {
  all(): QueuedEvent[];
  /** Adds an event, or replaces it. */
  put(event: QueuedEvent): void;
  remove(event: QueuedEvent): void;
  close(): void;
}

export function openEventStore(path: string): EventStore {
  const database = new DatabaseSync(path);
  // A commit is a write to the log, not a sync of the disk: the kernel outlives a killed runtime.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS events (requestId TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT;
  `);
  const all = database.prepare("SELECT event FROM events");
  const put = database.prepare("INSERT OR REPLACE INTO events VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM events WHERE requestId = ?");
  return {
    all: () => all.all().map(({ event }) => JSON.parse(String(event))),
    put: (event) => void put.run(event.request.requestId, JSON.stringify(event)),
    remove: ({ request }) => void remove.run(request.requestId),
    close: () => database.close(),
  };
}
