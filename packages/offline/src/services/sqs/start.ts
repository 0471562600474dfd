import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { createSqsApi, queueUrlsAt } from "./api.ts";
import { sendToQueueAt } from "./call.ts";
import { createConsoleView } from "./console.ts";
import { startQueuePoller } from "./poller/poller.ts";
import type { Queue } from "./resources.ts";
import { startSqs } from "./server.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const QUEUE_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Starts SQS with the app's queues. */
export async function start(context: ServiceContext<Queue[]>): Promise<RunningService> {
  const { resources: queues, state, events, endpointUrl, clock, log, fail } = context;
  const server = await startSqs({
    state,
    queues,
    onChange: () => events.emit("changed", "queues"),
    onFailure: fail,
  });
  const { endpoint } = server;

  return {
    api: createSqsApi(endpoint),
    findEventSource(arn) {
      const queue = queues.find((one) => one.arn === arn);
      return (
        queue && {
          actions: QUEUE_ACTIONS,
          invocationSource: "queue" as const,
          poll: (mapping, invoke) =>
            startQueuePoller({ mapping, queue, sqsEndpoint: endpoint, invoke, clock, log }),
        }
      );
    },
    deliver: sendToQueueAt(endpoint),
    localUrls: queueUrlsAt(endpointUrl, queues),
    ...createConsoleView({ ...context, queues, sqs: server }),
    close: server.close,
  };
}
