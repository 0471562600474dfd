import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, createServer, type Server as NetServer } from "node:net";
import { describePortOwner } from "./port-owner.ts";
import { UserError } from "./user-error.ts";

/** The addresses of `localhost`; some clients try only one of them. */
const [IPV4, IPV6] = ["127.0.0.1", "::1"] as const;

/** The IPv6 listener of each server. */
const companions = new WeakMap<Server, NetServer>();

/**
 * Listens on both loopback addresses, so that `http://localhost:<port>` works with either.
 *
 * @param port derived from the user's `--port`; 0 selects any free port
 * @param purpose what the port is for, in error messages: for example `the API`
 * @returns the port
 * @throws {UserError} The port is not available.
 */
export async function listen(server: Server, port: number, purpose: string): Promise<number> {
  if (port > 65_535) {
    throw new UserError(`Port ${port}, for ${purpose}, is above 65535: choose a lower --port.`);
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
    // The port that is free on IPv4 is in use on IPv6.
    if (port === 0 && isCode(error, "EADDRINUSE")) return listen(server, 0, purpose);
    throw toUserError(error, port, purpose);
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

function toUserError(error: unknown, port: number, purpose: string): unknown {
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

/** Stops listening and closes all connections. */
export function close(server: Server): Promise<void> {
  companions.get(server)?.close();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Finds a random address of 127.0.0.0/8 with a free port, for servers that only the runtime calls. A web
 * page can scan the ports of 127.0.0.1, but not those of 16 million addresses.
 *
 * @returns 127.0.0.1 with a free port on systems without other loopback addresses (only Linux has all)
 */
export async function findFreeAddress(): Promise<{ host: string; port: number }> {
  const octets = Array.from({ length: 3 }, () => randomInt(1, 255));
  try {
    return await findFreePort(["127", ...octets].join("."));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRNOTAVAIL") throw error;
    return findFreePort("127.0.0.1");
  }
}

async function findFreePort(host: string): Promise<{ host: string; port: number }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return { host, port };
}
