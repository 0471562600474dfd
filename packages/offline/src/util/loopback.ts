import { randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * Finds a random address of 127.0.0.0/8 with a free port, for servers that only the runtime itself
 * calls. A web page can scan the ports of 127.0.0.1, but not those of 16 million addresses.
 *
 * @returns 127.0.0.1 and a free port where the system has no other loopback address (only Linux
 *   has all of them)
 */
export async function findFreeAddress(): Promise<{ host: string; port: number }> {
  const octets = Array.from({ length: 3 }, () => randomInt(1, 255));
  try {
    return await freePortOf(["127", ...octets].join("."));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRNOTAVAIL") throw error;
    return freePortOf("127.0.0.1");
  }
}

async function freePortOf(host: string): Promise<{ host: string; port: number }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return { host, port };
}
