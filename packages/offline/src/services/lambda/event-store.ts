import * as z from "zod";
import { openDatabase } from "../../state/database.ts";
import { stateFileUser } from "../../state/state-file.ts";

/** An event of an asynchronous invocation. Times are milliseconds since the epoch. */
const QueuedEvent = z.object({
  functionArn: z.string(),
  /** JSON. */
  payload: z.string(),
  request: z.object({ requestId: z.string(), traceHeader: z.string().exactOptional() }),
  acceptedAt: z.number(),
  /** The time of the next attempt. */
  dueAt: z.number(),
  /** Attempts that ended with a function error. */
  failures: z.number(),
  /** Attempts that were throttled. */
  throttles: z.number(),
});
export type QueuedEvent = z.output<typeof QueuedEvent>;

/** Stores events by request id. A stored event survives SIGKILL. */
export interface EventStore {
  /** The events that were stored when the file was opened. */
  storedEvents: QueuedEvent[];
  /** Adds or replaces an event. */
  put(event: QueuedEvent): void;
  remove(event: QueuedEvent): void;
  close(): void;
}

/**
 * Opens the SQLite database of events.
 *
 * @param onFailure called with a sentence when the file can no longer be used; that call also throws
 * @throws {UserError} The file is damaged.
 */
export function openEventStore(path: string, onFailure: (reason: string) => void): EventStore {
  const { database, storedEvents, put, remove } = openDatabase(
    path,
    "CREATE TABLE IF NOT EXISTS events (requestId TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT",
    (opened) => ({
      storedEvents: opened
        .prepare("SELECT event FROM events")
        .all()
        .map(({ event }) => parseEvent(event)),
      put: opened.prepare("INSERT OR REPLACE INTO events VALUES (?, ?)"),
      remove: opened.prepare("DELETE FROM events WHERE requestId = ?"),
    }),
  );
  const use = stateFileUser(path, onFailure);
  return {
    storedEvents,
    put: (event) => void use(() => put.run(event.request.requestId, JSON.stringify(event))),
    remove: ({ request }) => void use(() => remove.run(request.requestId)),
    close: () => database.close(),
  };
}

function parseEvent(event: unknown): QueuedEvent {
  try {
    return QueuedEvent.parse(JSON.parse(String(event)));
  } catch (error) {
    throw new Error("a stored event is not valid", { cause: error });
  }
}
