import { join } from "node:path";
import { openDatabase } from "../../../state/database.ts";
import { stateFileUser } from "../../../state/state-file.ts";

/** The position of a closed shard whose records were all processed. */
export const SHARD_END = "SHARD_END";
/** The position of a shard of which no record was processed. */
export const TRIM_HORIZON = "TRIM_HORIZON";

/** The positions of one event source mapping in one stream. */
export interface Checkpoints {
  /** Returns whether no position was stored yet. */
  isNew(): boolean;
  /** Returns the sequence number of the last processed record, or one of the constants above. */
  get(shardId: string): string;
  /** Stores all positions or none, also if the process is killed. */
  put(positions: Record<string, string>): void;
  close(): void;
}

/**
 * Opens the checkpoints in `directory`. They belong to the engine's stream and not to the table,
 * because sequence numbers start again in another stream.
 *
 * @param onFailure called with the reason when the file can no longer be used; the call then throws
 * @throws {UserError} The file is damaged.
 */
export function openCheckpoints(
  directory: string,
  mapping: string,
  streamArn: string,
  onFailure: (reason: string) => void,
): Checkpoints {
  const path = join(directory, "stream-checkpoints.db");
  const ofMapping = "FROM checkpoints WHERE mapping = ? AND stream = ?";
  // A power failure may lose the last checkpoints; their records are then delivered twice.
  const { database, any, select, upsert } = openDatabase(
    path,
    "CREATE TABLE IF NOT EXISTS checkpoints (mapping TEXT, stream TEXT, shard TEXT, position TEXT NOT NULL, PRIMARY KEY (mapping, stream, shard)) WITHOUT ROWID",
    (opened) => ({
      any: opened.prepare(`SELECT 1 ${ofMapping} LIMIT 1`),
      select: opened.prepare(`SELECT position ${ofMapping} AND shard = ?`),
      upsert: opened.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)"),
    }),
  );
  const use = stateFileUser(path, onFailure);

  return {
    isNew: () => use(() => any.get(mapping, streamArn) === undefined),
    get: (shardId) =>
      use(() => (select.get(mapping, streamArn, shardId)?.position as string) ?? TRIM_HORIZON),
    put(positions) {
      // An invocation may finish after the poller has closed.
      if (!database.isOpen) return;
      use(() => {
        database.exec("BEGIN IMMEDIATE");
        for (const [shardId, position] of Object.entries(positions)) {
          upsert.run(mapping, streamArn, shardId, position);
        }
        database.exec("COMMIT");
      });
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}
