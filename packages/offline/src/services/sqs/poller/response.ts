import * as z from "zod";
import type { InvokeResult } from "../../../runtime/invocation.ts";
import type { QueueRecord } from "./event.ts";

/** Which records a function is done with, and what is wrong with an answer that does not say. */
export interface Outcome {
  done: QueueRecord[];
  problem?: string;
}

const Response = z
  .object({
    batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
  })
  .nullable();

/**
 * Reads how a function fared with a batch. An error fails all of it; so does an answer with
 * `ReportBatchItemFailures` that names a record which is not in the batch, or says nothing sensible.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function outcome(
  records: QueueRecord[],
  result: InvokeResult,
  partialResponses: boolean,
): Outcome {
  if (result.kind !== "response") return { done: [] };
  if (!partialResponses) return { done: records };

  const response = parse(result.payload);
  if (!response.success) {
    return { done: [], problem: "its response names no batchItemFailures as Lambda reads them" };
  }
  const failed = new Set(response.data?.batchItemFailures?.map((item) => item.itemIdentifier));
  const done = records.filter(({ messageId }) => !failed.has(messageId));
  if (done.length + failed.size !== records.length) {
    return { done: [], problem: "its batchItemFailures name a message that is not in the batch" };
  }
  return { done };
}

function parse(payload: string) {
  try {
    return Response.safeParse(JSON.parse(payload));
  } catch {
    return Response.safeParse(undefined);
  }
}
