import * as z from "zod";
import type { ServiceApi } from "../../runtime/endpoint/api.ts";
import { accessDenied } from "../../runtime/endpoint/errors.ts";
import { parseJson } from "../../util/body.ts";
import type { Queue } from "./resources.ts";

/** Quotes within JSON strings are escaped, so this never matches user data. */
const QUEUE_NAME = /"QueueUrl"\s*:\s*"[^"]*\/([^"/]+)"/;

const QueueReference = z.object({
  QueueUrl: z
    .string()
    .transform((url) => url.split("/").at(-1) as string)
    .optional(),
  QueueName: z.string().optional(),
});

/** Describes SQS, in the AWS JSON protocol, to the endpoint. */
export function createSqsApi(endpoint: string): ServiceApi {
  return {
    name: "sqs",
    endpoint,
    internalError: "InternalFailure",
    operation: (headers) => String(headers["x-amz-target"]).split(".").at(-1) as string,
    resource: (body) => QUEUE_NAME.exec(body)?.[1],
    requiredPermissions({ operation, body, arn }) {
      const { QueueUrl, QueueName } = QueueReference.safeParse(parseJson(body)).data ?? {};
      const queue = operation === "GetQueueUrl" ? QueueName : QueueUrl;
      // A batch requires the permission of the single operation.
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
 * Returns the local base URL of queues for each base URL on AWS. SDKs send a message to the host of
 * its queue's URL and ignore `AWS_ENDPOINT_URL` for it (`useQueueUrlAsEndpoint`).
 */
export function queueUrlsAt(endpointUrl: string, queues: Queue[]): Record<string, string> {
  return Object.fromEntries(
    queues.map(({ url }) => [`${new URL(url).origin}/`, `${endpointUrl}/`]),
  );
}
