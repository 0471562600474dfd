import * as z from "zod";
import type { ServiceApi } from "../../runtime/endpoint/api.ts";
import { accessDenied } from "../../runtime/endpoint/errors.ts";
import { parseJson } from "../../util/body.ts";
import type { Queue } from "./resources.ts";

/** Quotes within JSON strings are escaped, so this finds no user's data. */
const QUEUE = /"QueueUrl"\s*:\s*"[^"]*\/([^"/]+)"/;

const Named = z.object({
  QueueUrl: z
    .string()
    .transform((url) => url.split("/").at(-1) as string)
    .optional(),
  QueueName: z.string().optional(),
});

/** SQS, in the JSON protocol. */
export function sqs(endpoint: string): ServiceApi {
  return {
    name: "sqs",
    endpoint,
    internalError: "InternalFailure",
    operation: (headers) => String(headers["x-amz-target"]).split(".").at(-1) as string,
    resource: (body) => QUEUE.exec(body)?.[1],
    needs({ operation, body, arn }) {
      const { QueueUrl, QueueName } = Named.safeParse(parseJson(body)).data ?? {};
      const queue = operation === "GetQueueUrl" ? QueueName : QueueUrl;
      // A batch needs the right to do each of its entries.
      const action = `sqs:${operation.replace(/Batch$/, "")}`;
      return [{ action, resources: [queue === undefined ? "*" : arn(queue)] }];
    },
    accessDenied: (denial) => ({
      ...accessDenied(403, denial, denial.action.toLowerCase()),
      queryCode: "AccessDenied",
    }),
  };
}

/**
 * The URLs that lead to queues through the endpoint, by those on AWS: SDKs send a message to the
 * host in its queue's URL, whatever `AWS_ENDPOINT_URL` says (`useQueueUrlAsEndpoint`).
 */
export function queueUrlsAt(endpointUrl: string, queues: Queue[]): Record<string, string> {
  return Object.fromEntries(
    queues.map(({ url }) => [`${new URL(url).origin}/`, `${endpointUrl}/`]),
  );
}
