import { randomText } from "./random.ts";

const ROOT = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const PARENT = /^Parent=[0-9a-f]{16}$/;
const SAMPLED = /^Sampled=[01]$/;

/** One request's place in a trace. */
export interface Trace {
  /** What the function finds in its `x-amzn-trace-id` header. */
  header: string;
  /** What Lambda is told: `Root=…;Parent=…;Sampled=…`, `Parent` only if the client named one. */
  invocation: string;
}

/**
 * Continues the trace that a client's `X-Amzn-Trace-Id` names, or begins one. A client's decision
 * to sample stands; without one `sampled` decides.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function continueTrace(given: string | undefined, sampled: boolean, now: number): Trace {
  const fields = given?.split(";").map((field) => field.trim()) ?? [];
  const root = fields.find((field) => ROOT.test(field));
  const decision = `Sampled=${sampled ? 1 : 0}`;
  if (given === undefined || root === undefined) {
    const made = newRoot(now);
    return { header: made, invocation: `${made};${decision}` };
  }
  const parent = fields.find((field) => PARENT.test(field));
  const sampling = fields.find((field) => SAMPLED.test(field)) ?? decision;
  return { header: given, invocation: [root, ...(parent ? [parent] : []), sampling].join(";") };
}

function newRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `Root=1-${seconds}-${randomText(12, "hex")}`;
}
