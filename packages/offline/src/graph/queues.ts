import * as z from "zod";
import type { Queue } from "./app.ts";
import { type Graph, statesOf } from "./graph.ts";

const State = z.object({
  name: z.string(),
  arn: z.string(),
  url: z.string(),
  visibilityTimeoutSeconds: z.number().default(30),
  messageRetentionSeconds: z.number().default(345_600),
  delaySeconds: z.number().default(0),
  receiveWaitTimeSeconds: z.number().default(0),
  redrivePolicy: z.string().optional(),
  fifoQueue: z.boolean().default(false),
  contentBasedDeduplication: z.boolean().default(false),
});

/**
 * The SQS queues, as `CreateQueue` takes them. The defaults are SQS's own.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export function queues(graph: Graph): Queue[] {
  return statesOf(graph, "aws:sqs/queue:Queue", State).map(({ state }) => ({
    name: state.name,
    arn: state.arn,
    url: state.url,
    attributes: {
      VisibilityTimeout: String(state.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(state.messageRetentionSeconds),
      DelaySeconds: String(state.delaySeconds),
      ReceiveMessageWaitTimeSeconds: String(state.receiveWaitTimeSeconds),
      ...(state.redrivePolicy && { RedrivePolicy: state.redrivePolicy }),
      ...(state.fifoQueue && {
        FifoQueue: "true",
        ContentBasedDeduplication: String(state.contentBasedDeduplication),
      }),
    },
  }));
}
