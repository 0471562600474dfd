import { createRequire } from "node:module";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "../../state/database.ts";
import { findExecutable } from "../../util/find-file.ts";
import { findFreeAddress } from "../../util/listen.ts";
import { type EngineProcess, startProcess } from "./process.ts";

const ATTEMPTS = 5;

/** Finds the dynoxide binary of the npm package for this platform, or one on the PATH. */
export function findDynoxide(): string | undefined {
  try {
    const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return findExecutable("dynoxide");
  }
}

/**
 * Starts dynoxide (https://github.com/nubo-db/dynoxide), which stores its data in SQLite: every
 * acknowledged write is in the synced write-ahead log. It allows web pages of all origins to read its
 * responses (CORS `*`), so it listens on an address that no page can find.
 */
export async function startDynoxide(
  binary: string,
  dataDirectory: string,
  onExit: (reason: string) => void,
): Promise<EngineProcess> {
  const database = join(dataDirectory, "dynoxide.db");
  checkDatabase(database);
  for (let attempt = 1; ; attempt++) {
    const { host, port } = await findFreeAddress();
    try {
      const args = ["serve", "--host", host, "--port", String(port), "--db-path", database];
      const engine = await startProcess(binary, args, onExit);
      indexStreams(database);
      return engine;
    } catch (error) {
      // Dynoxide cannot choose a port, so another process may take the free one first.
      const isTaken = error instanceof Error && error.message.includes("already in use");
      if (!isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Adds an index to dynoxide's stream records. Without it, dynoxide reads all records of a stream to
 * find the next sequence number: a write takes 3 ms after 10,000 records, instead of 0.4 ms. Reading a
 * stream becomes faster as well.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file, { timeout: 1_000 });
  try {
    database.exec(
      "CREATE INDEX IF NOT EXISTS _stream_records_by_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    );
  } catch {
    // A version with another schema works without the index, but slower.
  } finally {
    database.close();
  }
}
