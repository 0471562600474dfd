import { callSqs } from "../emulators/call-sqs.ts";
import type { App, EventSource } from "../graph/app.ts";
import type { AsyncInvoke } from "../lambda/async-invoke.ts";
import type { Invoke } from "../lambda/invoke.ts";
import type { State } from "../state/state.ts";
import { startQueuePoller } from "./queue-poller.ts";
import { startScheduler } from "./scheduler.ts";
import { startStreamPoller } from "./stream-poller.ts";

export interface SourcesOptions {
  app: App;
  state: State;
  dynamodbEndpoint: string;
  sqsEndpoint: string;
  invoke: Invoke;
  invokeAsync: AsyncInvoke["accept"];
  log: (line: string) => void;
}

/** Starts all that invokes functions by itself: queues, streams and schedules. */
export async function startSources(options: SourcesOptions): Promise<{ close(): Promise<void> }> {
  const { app, state, dynamodbEndpoint, sqsEndpoint, invoke, invokeAsync, log } = options;
  const directory = state.dataDirectory("stream-checkpoints");

  async function startSource(source: EventSource) {
    const queue = app.queues.find(({ arn }) => arn === source.eventSourceArn);
    if (queue) return startQueuePoller({ source, queue, sqsEndpoint, invoke, log });
    const table = app.tables.find(({ arn }) => source.eventSourceArn.startsWith(`${arn}/stream/`));
    if (table) {
      const stream = { source, table, dynamodbEndpoint, directory };
      return startStreamPoller({ ...stream, invoke, sendToQueue, log });
    }
    log(`${source.name} does not run: ${source.eventSourceArn} is not hosted`);
    return { close: async () => {} };
  }

  async function sendToQueue(
    queueArn: string,
    MessageBody: string,
    attributes: Record<string, string> = {},
  ): Promise<void> {
    const queue = app.queues.find(({ arn }) => arn === queueArn);
    if (!queue) throw new Error(`There is no queue ${queueArn}`);
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: "String", StringValue },
      ]),
    );
    await callSqs(sqsEndpoint, "SendMessage", {
      QueueUrl: queue.url,
      MessageBody,
      MessageAttributes,
    });
  }

  const enabled = app.eventSources.filter((source) => source.enabled);
  const parts = [
    ...(await Promise.all(enabled.map(startSource))),
    startScheduler({ schedules: app.schedules, invoke: invokeAsync, sendToQueue, log }),
  ];
  return { close: async () => void (await Promise.all(parts.map((part) => part.close()))) };
}
