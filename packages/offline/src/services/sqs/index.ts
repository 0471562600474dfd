import { defineService } from "../../runtime/service.ts";
import { type Queue, readQueues } from "./resources.ts";

/** SQS: queues. */
export const sqs = defineService<Queue[]>({
  name: "sqs",
  resourceTypes: {
    "aws:sqs/queue:Queue": {
      outputs({ accountId, arn, physicalName, region }) {
        const url = `https://sqs.${region}.amazonaws.com/${accountId}/${physicalName}`;
        return { id: url, url, arn: arn("sqs", physicalName) };
      },
    },
    "aws:sqs/queuePolicy:QueuePolicy": {},
  },
  readResources(graph) {
    const queues = readQueues(graph);
    return queues.length > 0 ? queues : undefined;
  },
  start: async (context) => (await import("./start.ts")).start(context),
});
