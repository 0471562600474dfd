import { Problem } from "@petstore/core/problems/problem";
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";

/** Whatever was thrown, as a problem. What is none says nothing of its cause to the client. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isThrottlingError(error as SdkError) || isTransientError(error as SdkError)) {
    return new Problem("try-again", "Nothing is wrong with your request; send it again.", {
      headers: { "retry-after": "1" },
    });
  }
  return new Problem("internal", "Tell us the requestId, and we can find out what it was.");
}
