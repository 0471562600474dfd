import * as z from "zod";
import type { InvokeResult } from "../../../runtime/invocation.ts";

type Answered = Exclude<InvokeResult, { kind: "throttled" }>;

const Response = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
  })
  .nullish();

/**
 * How many records, from the first on, an invocation has done; `reported` when the function itself
 * named the next as failed. The failure with the lowest sequence number is what counts; an answer
 * that makes no sense fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function doneOf(
  result: Answered,
  records: { sequenceNumber: string }[],
  partialResponses: boolean,
): { count: number; reported: boolean } {
  const none = { count: 0, reported: false };
  const all = { count: records.length, reported: false };
  if (result.kind === "error") return none;
  if (!partialResponses) return all;
  const response = Response.safeParse(parse(result.payload));
  if (!response.success) return none;
  const failed = (response.data?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
  );
  if (failed.length === 0) return all;
  return failed.includes(-1) ? none : { count: Math.min(...failed), reported: true };
}

/** What the log says of an invocation that did nothing. */
export function reasonOf(result: Answered): string {
  return result.kind === "error"
    ? `${result.errorType} ${result.errorMessage}`
    : "the function reported its first record, or no record of the batch";
}

function parse(payload: string): unknown {
  try {
    return payload === "" ? undefined : JSON.parse(payload);
  } catch {
    return payload;
  }
}
