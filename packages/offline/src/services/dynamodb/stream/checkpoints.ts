import { join } from "node:path";
import { openDatabase } from "../../../state/database.ts";
import { stateFileUser } from "../../../state/state-file.ts";

/** The position of a shard that is closed and done. */
export const SHARD_END = "SHARD_END";
/** The position of a shard of which nothing is done. */
export const TRIM_HORIZON = "TRIM_HORIZON";

/** How far one event source mapping has come in one stream. */
export interface Checkpoints {
  /** No position has been kept yet. */
  isNew(): boolean;
  /** The sequence number of the last record that is done, or one of the constants above. */
  get(shardId: string): string;
  /** Keeps all positions or none, also if the process is killed. */
  put(positions: Record<string, string>): void;
  close(): void;
}

/**
 * Opens the checkpoints in `directory`. They belong to the engine's stream, not the table: another
 * stream counts its records anew.
 *
 * @param onFailure called with a sentence when the file can no longer be used; the call throws then
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
  // Should the machine lose its last checkpoints with its power, their records come a second time.
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
      // An invocation that outlives the poller's close has nobody left to tell.
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
