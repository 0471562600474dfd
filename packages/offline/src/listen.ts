import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "./user-error.ts";

/**
 * Listens on the loopback interface, on a port that follows from the one that the person at the
 * terminal chose; 0 takes any free one. Resolves with the port.
 *
 * @param purpose what the port is for, to whoever chose another one: for example `the API`
 * @throws UserError when the port cannot be had
 */
export function listen(server: Server, port: number, purpose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    if (port > 65_535) {
      throw new UserError(`There is no port ${port} for ${purpose}: choose a lower --port.`);
    }
    const named = `Port ${port}, for ${purpose},`;
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, named)));
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function listenError(error: NodeJS.ErrnoException, named: string): Error {
  if (error.code === "EADDRINUSE") {
    return new UserError(`${named} is in use: choose another --port.`);
  }
  if (error.code === "EACCES") {
    return new UserError(`${named} is reserved for root: choose a --port above 1023.`);
  }
  return error;
}

/** Stops listening and cuts every connection. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
