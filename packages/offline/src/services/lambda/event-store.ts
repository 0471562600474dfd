import * as z from "zod";
import { openDatabase } from "../../state/database.ts";
import { stateFileUser } from "../../state/state-file.ts";

/** An event that waits to be given to a function. Times in milliseconds since 1970. */
const QueuedEvent = z.object({
  functionArn: z.string(),
  /** JSON. */
  payload: z.string(),
  request: z.object({ requestId: z.string(), traceHeader: z.string().exactOptional() }),
  acceptedAt: z.number(),
  /** When it is given to the function, for the first time or again. */
  dueAt: z.number(),
  /** Attempts that the function failed. */
  failures: z.number(),
  /** Attempts that were throttled. */
  throttles: z.number(),
});
export type QueuedEvent = z.output<typeof QueuedEvent>;

/** Events by request id, in a file. What was put stays, even if the runtime is killed right after. */
export interface EventStore {
  /** Those that an earlier runtime left. */
  left: QueuedEvent[];
  /** Adds an event, or replaces it. */
  put(event: QueuedEvent): void;
  remove(event: QueuedEvent): void;
  close(): void;
}

/**
 * Opens the events in an SQLite database.
 *
 * @param onFailure called with a sentence when the file can no longer be used; the call throws then
 * @throws {UserError} The file is damaged.
 */
export function openEventStore(path: string, onFailure: (reason: string) => void): EventStore {
  const { database, left, put, remove } = openDatabase(
    path,
    "CREATE TABLE IF NOT EXISTS events (requestId TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT",
    (opened) => ({
      left: opened
        .prepare("SELECT event FROM events")
        .all()
        .map(({ event }) => parse(event)),
      put: opened.prepare("INSERT OR REPLACE INTO events VALUES (?, ?)"),
      remove: opened.prepare("DELETE FROM events WHERE requestId = ?"),
    }),
  );
  const use = stateFileUser(path, onFailure);
  return {
    left,
    put: (event) => void use(() => put.run(event.request.requestId, JSON.stringify(event))),
    remove: ({ request }) => void use(() => remove.run(request.requestId)),
    close: () => database.close(),
  };
}

function parse(event: unknown): QueuedEvent {
  try {
    return QueuedEvent.parse(JSON.parse(String(event)));
  } catch (error) {
    throw new Error("an event is unreadable", { cause: error });
  }
}
