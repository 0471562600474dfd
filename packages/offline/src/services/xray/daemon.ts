import { createSocket } from "node:dgram";
import type { Segment } from "../../runtime/traces.ts";
import { parseDatagram } from "./datagram.ts";

/** X-Ray's daemon: where functions send what they have to say of a trace. */
export interface Daemon {
  /** The value of `AWS_XRAY_DAEMON_ADDRESS`. */
  address: string;
  close(): Promise<void>;
}

/**
 * Starts the daemon on a free UDP port of the loopback interface.
 *
 * @param onDropped called with how many datagrams were no segments by now, and are lost
 */
export async function startDaemon(
  onSegment: (segment: Segment) => void,
  onDropped: (count: number) => void,
): Promise<Daemon> {
  const socket = createSocket("udp4");
  let dropped = 0;
  socket.on("message", (datagram) => {
    const segment = parseDatagram(datagram);
    if (segment) onSegment(segment);
    else onDropped(++dropped);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", resolve);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
