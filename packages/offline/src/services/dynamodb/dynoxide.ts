import { createRequire } from "node:module";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "../../state/database.ts";
import { findExecutable } from "../../util/find-file.ts";
import { findFreeAddress } from "../../util/listen.ts";
import { type EngineProcess, startProcess } from "./process.ts";

const ATTEMPTS = 5;

/** The dynoxide binary: of this platform's npm package, or one that is on the PATH. */
export function findDynoxide(): string | undefined {
  try {
    const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return findExecutable("dynoxide");
  }
}

/**
 * Starts dynoxide (https://github.com/nubo-db/dynoxide), which keeps its data in SQLite: every
 * answered write is in the synced write-ahead log. It lets web pages of every origin read its
 * responses (CORS `*`), so it listens where no page can find it.
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
      // It cannot choose a port itself, so someone may take the free one before it does.
      const taken = error instanceof Error && error.message.includes("already in use");
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Dynoxide finds a stream's next sequence number by reading all of its records, so every write
 * costs more than the last: 3 ms after 10,000 of them, against 0.4 ms with this index. Reading a
 * stream gains as well. Where a version keeps its records otherwise, it does without.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file, { timeout: 1_000 });
  try {
    database.exec(
      "CREATE INDEX IF NOT EXISTS _stream_records_by_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    );
  } catch {
    // Slower, but right.
  } finally {
    database.close();
  }
}
