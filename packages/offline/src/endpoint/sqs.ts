import type { Queue } from "../graph/app.ts";
import type { Service } from "./service.ts";

/** Quotes within JSON strings are escaped, so this finds no user's data. */
const QUEUE = /"QueueUrl"\s*:\s*"[^"]*\/([^"/]+)"/;

/** SQS, in the JSON protocol. */
export function sqs(endpoint: string): Service {
  return {
    name: "sqs",
    endpoint,
    internalError: "InternalFailure",
    operation: (headers) => String(headers["x-amz-target"]).split(".").at(-1) as string,
    resource: (body) => QUEUE.exec(body)?.[1],
  };
}

/**
 * The variables of a function's environment that name queues, with URLs that lead to the endpoint:
 * SDKs send a message to the host in its queue's URL, whatever `AWS_ENDPOINT_URL` says
 * (`useQueueUrlAsEndpoint`).
 */
export function queueUrlsAt(
  endpointUrl: string,
  queues: Queue[],
  environment: Record<string, string>,
): Record<string, string> {
  const origins = new Set(queues.map(({ url }) => new URL(url).origin));
  const rewritten = Object.entries(environment).map(([name, value]) => {
    let local = value;
    for (const origin of origins) local = local.replaceAll(`${origin}/`, `${endpointUrl}/`);
    return [name, local];
  });
  return Object.fromEntries(rewritten.filter(([name = "", value]) => value !== environment[name]));
}
