import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "./user-error.ts";

/**
 * Listens on the loopback interface, on a port that the person at the terminal chose; 0 takes any
 * free one. Resolves with the port.
 *
 * @throws UserError when the port cannot be had
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    if (port > 65_535) throw new UserError(`There is no port ${port}: choose a lower --port.`);
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new UserError(`Port ${port} is in use: choose another one with --port.`);
  }
  if (error.code === "EACCES") {
    return new UserError(`Port ${port} is reserved for root: choose one above 1023 with --port.`);
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
