import { createSocket } from "node:dgram";
import * as z from "zod";
import { Segment } from "../../runtime/traces.ts";

/** X-Ray's daemon, to which functions send segments. */
export interface Daemon {
  /** The value of `AWS_XRAY_DAEMON_ADDRESS`. */
  address: string;
  close(): Promise<void>;
}

/**
 * Starts the daemon on a free UDP port of the loopback interface.
 *
 * @param onDropped called with the number of datagrams so far that were not valid and were dropped
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

const Header = z.object({ format: z.literal("json"), version: z.literal(1) });

/**
 * Parses a datagram that an SDK sends to X-Ray's daemon: a header and a segment document, both JSON,
 * separated by a newline.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 *
 * @returns undefined when it is not valid
 */
export function parseDatagram(datagram: Buffer): Segment | undefined {
  const newline = datagram.indexOf("\n");
  if (newline === -1) return undefined;
  try {
    Header.parse(JSON.parse(datagram.toString("utf8", 0, newline)));
    return Segment.parse(JSON.parse(datagram.toString("utf8", newline + 1)));
  } catch {
    return undefined;
  }
}
