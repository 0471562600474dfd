import { randomText } from "./random.ts";

const ROOT = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const PARENT = /^Parent=[0-9a-f]{16}$/;
const SAMPLED = /^Sampled=[01]$/;

/** The fields of an `X-Amzn-Trace-Id` header, names included, as far as they are well-formed. */
export interface TraceFields {
  root: string | undefined;
  parent: string | undefined;
  sampled: string | undefined;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function traceFields(header: string): TraceFields {
  const fields = header.split(";").map((field) => field.trim());
  return {
    root: fields.find((field) => ROOT.test(field)),
    parent: fields.find((field) => PARENT.test(field)),
    sampled: fields.find((field) => SAMPLED.test(field)),
  };
}

/** `1-<seconds>-<random>` of a header; undefined where it names no trace. */
export const traceIdOf = (header: string): string | undefined =>
  traceFields(header).root?.slice("Root=".length);

/** `Root=1-<seconds>-<random>`: a trace that begins at `now`, in milliseconds since the epoch. */
export function newRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomText(12, "hex")}`;
}
