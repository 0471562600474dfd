import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, createServer, type Server as NetServer } from "node:net";
import { describePortOwner } from "./port-owner.ts";
import { UserError } from "./user-error.ts";

/** What `localhost` stands for; some clients know only one of them. */
const [IPV4, IPV6] = ["127.0.0.1", "::1"] as const;

/** The listeners on IPv6, by their servers. */
const companions = new WeakMap<Server, NetServer>();

/**
 * Listens on both loopback addresses, so that `http://localhost:<port>` leads here whichever a client
 * tries first, on a port that follows from the one that the person at the terminal chose; 0 takes any
 * free one. Resolves with the port.
 *
 * @param purpose what the port is for, to whoever chose another one: for example `the API`
 * @throws UserError when the port cannot be had
 */
export async function listen(server: Server, port: number, purpose: string): Promise<number> {
  if (port > 65_535) {
    throw new UserError(`There is no port ${port} for ${purpose}: choose a lower --port.`);
  }
  try {
    await listenOn(server, port, IPV4);
    const address = server.address() as AddressInfo;
    const companion = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      server.emit("connection", socket),
    );
    companions.set(server, companion);
    await listenOn(companion, address.port, IPV6).catch(ignoreWithoutIpv6);
    return address.port;
  } catch (error) {
    await close(server);
    // Another program has the IPv6 port of a free IPv4 one.
    if (port === 0 && isCode(error, "EADDRINUSE")) return listen(server, 0, purpose);
    throw explain(error, port, purpose);
  }
}

function listenOn(server: NetServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function ignoreWithoutIpv6(error: unknown): void {
  if (!isCode(error, "EADDRNOTAVAIL") && !isCode(error, "EAFNOSUPPORT")) throw error;
}

const isCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

function explain(error: unknown, port: number, purpose: string): unknown {
  const named = `Port ${port}, for ${purpose},`;
  if (isCode(error, "EADDRINUSE")) {
    const owner = describePortOwner(port) ?? "another program";
    return new UserError(`${named} is in use by ${owner}: choose another --port.`);
  }
  if (isCode(error, "EACCES")) {
    return new UserError(`${named} is reserved for root: choose a --port above 1023.`);
  }
  return error;
}

/** Stops listening and cuts every connection. */
export function close(server: Server): Promise<void> {
  companions.get(server)?.close();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

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
