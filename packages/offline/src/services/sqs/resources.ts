import * as z from "zod";
import { type Graph, readStates } from "../../graph/graph.ts";

/** An SQS queue. */
export interface Queue {
  name: string;
  arn: string;
  /** URL in the graph and in links: `https://sqs.<region>.amazonaws.com/<account>/<name>`. */
  url: string;
  /** Input for `CreateQueue`: `VisibilityTimeout`, `RedrivePolicy` (JSON), `FifoQueue`, … */
  attributes: Record<string, string>;
}

const State = z.object({
  name: z.string(),
  arn: z.string(),
  url: z.string(),
  visibilityTimeoutSeconds: z.number().default(30),
  messageRetentionSeconds: z.number().default(345_600),
  maxMessageSize: z.number().default(262_144),
  delaySeconds: z.number().default(0),
  receiveWaitTimeSeconds: z.number().default(0),
  redrivePolicy: z.string().optional(),
  fifoQueue: z.boolean().default(false),
  contentBasedDeduplication: z.boolean().default(false),
});

/**
 * Returns the SQS queues, as input for `CreateQueue`. The defaults are those of the Pulumi provider, which
 * sets every attribute: its maximum message size is 256 KiB, while the default of SQS is 1 MiB.
 * https://www.pulumi.com/registry/packages/aws/api-docs/sqs/queue/
 */
export function readQueues(graph: Graph): Queue[] {
  return readStates(graph, "aws:sqs/queue:Queue", State).map(({ state }) => ({
    name: state.name,
    arn: state.arn,
    url: state.url,
    attributes: {
      VisibilityTimeout: String(state.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(state.messageRetentionSeconds),
      MaximumMessageSize: String(state.maxMessageSize),
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
