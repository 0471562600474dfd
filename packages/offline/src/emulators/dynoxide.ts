import { once } from "node:events";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { executable } from "./executable.ts";
import { type EngineProcess, startProcess } from "./process.ts";

const ATTEMPTS = 5;

/** The dynoxide binary: of this platform's npm package, or one that is on the PATH. */
export function findDynoxide(): string | undefined {
  try {
    const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`;
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return executable("dynoxide");
  }
}

/**
 * Starts dynoxide (https://github.com/nubo-db/dynoxide), which keeps its data in SQLite: every
 * answered write is in the synced write-ahead log.
 */
export async function startDynoxide(
  binary: string,
  dataDirectory: string,
  onExit: (reason: string) => void,
): Promise<EngineProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = String(await freePort());
    const args = ["serve", "--port", port, "--db-path", join(dataDirectory, "dynoxide.db")];
    try {
      return await startProcess(binary, args, onExit);
    } catch (error) {
      // It cannot choose a port itself, so someone may take the free one before it does.
      const taken = error instanceof Error && error.message.includes("already in use");
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
