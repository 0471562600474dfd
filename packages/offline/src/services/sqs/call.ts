import { Agent, request } from "node:http";
import { readBody } from "../../util/body.ts";

/** An error that SQS answered; `name` is its code, for example `QueueDoesNotExist`. */
export class SqsError extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/** Node's own agent may use a proxy (`NODE_USE_ENV_PROXY`), which cannot reach this machine. */
const agent = new Agent({ keepAlive: true });

/**
 * One call of SQS' JSON protocol to the emulator, which asks for no credentials.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 *
 * @throws {SqsError} SQS answered with an error.
 */
export async function callSqs(
  endpoint: string,
  operation: string,
  input: object,
  signal?: AbortSignal,
): Promise<unknown> {
  const { __type, message, ...output } = JSON.parse(
    await post(endpoint, operation, JSON.stringify(input), signal),
  );
  if (__type === undefined) return output;
  throw new SqsError(__type.split("#").at(-1), message);
}

function post(
  endpoint: string,
  operation: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `AmazonSQS.${operation}`,
    "content-length": Buffer.byteLength(body),
  };
  const options = { method: "POST", headers, agent, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    request(endpoint, options, (answer) =>
      readBody(answer).then((b) => resolve(b.toString()), reject),
    )
      .once("error", reject)
      .end(body);
  });
}
