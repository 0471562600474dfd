import * as z from "zod";
import { DynamoDbError } from "../services/dynamodb/call.ts";
import { SqsError } from "../services/sqs/call.ts";

/** An answer that says what is wrong with the request. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What of `error` the page is told. */
export function answerTo(error: unknown): { status: number; message: string } {
  if (error instanceof HttpError) return error;
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const where = issue?.path.join(".");
    return { status: 400, message: `${where ? `${where}: ` : ""}${issue?.message}` };
  }
  const isRefused = error instanceof DynamoDbError || error instanceof SqsError;
  return { status: isRefused ? 400 : 500, message: (error as Error).message };
}
