import * as z from "zod";
import { Segment } from "../../runtime/traces.ts";

const Header = z.object({ format: z.literal("json"), version: z.literal(1) });

/**
 * Reads what an SDK sends to X-Ray's daemon: a header and a segment document, each JSON, one after
 * the other.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 *
 * @returns nothing where it is no segment
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
