import { randomText } from "./random.ts";

const ROOT = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const PARENT = /^Parent=[0-9a-f]{16}$/;
const SAMPLED = /^Sampled=[01]$/;

/** The valid fields of an `X-Amzn-Trace-Id` header, including their names. */
export interface TraceFields {
  root: string | undefined;
  parent: string | undefined;
  sampled: string | undefined;
}

/**
 * Parses an `X-Amzn-Trace-Id` header.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function parseTraceHeader(header: string): TraceFields {
  const fields = header.split(";").map((field) => field.trim());
  return {
    root: fields.find((field) => ROOT.test(field)),
    parent: fields.find((field) => PARENT.test(field)),
    sampled: fields.find((field) => SAMPLED.test(field)),
  };
}

/** Returns the trace id in a header, `1-<seconds>-<random>`; undefined if there is none. */
export const traceIdOf = (header: string): string | undefined =>
  parseTraceHeader(header).root?.slice("Root=".length);

/**
 * Creates the root of a new trace: `Root=1-<seconds>-<random>`.
 *
 * @param now milliseconds since the epoch
 */
export function createTraceRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomText(12, "hex")}`;
}
