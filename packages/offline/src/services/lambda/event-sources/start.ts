import type { App, EventSource } from "../../../graph/app.ts";
import type { Keep } from "../../../runtime/aws.ts";
import type { State } from "../../../state/state.ts";
import { startStreamPoller } from "../../dynamodb/stream/poller.ts";
import { type RedeliverStream, redeliverStream } from "../../dynamodb/stream/redelivery.ts";
import type { Access } from "../../iam/authorize.ts";
import { startScheduler } from "../../scheduler/scheduler.ts";
import { startQueuePoller } from "../../sqs/poller/poller.ts";
import { sendToQueueAt } from "../../sqs/send.ts";
import type { AsyncInvoke } from "../async-invoke.ts";
import type { Invoke } from "../invoke.ts";
import { checkRights } from "./permissions.ts";

export interface SourcesOptions {
  app: App;
  state: State;
  dynamodbEndpoint: string;
  sqsEndpoint: string;
  /** Lambda polls with a function's rights, and the scheduler invokes with its own. */
  access: Access;
  invokeQueue: Invoke;
  invokeStream: Invoke;
  invokeAsync: AsyncInvoke["accept"];
  log: (line: string) => void;
  onFailure: (reason: string) => void;
}

export interface Sources {
  /** A table may have changed: streams are looked at now, and not only in a moment. */
  wake(): void;
  /** Delivers the records again that a message of an on-failure destination names. */
  redeliver: RedeliverStream;
}

/** A source that runs. */
interface Part {
  wake?(): void;
  close?(): Promise<void>;
}

/**
 * Starts all that invokes functions by itself: queues, streams and schedules.
 *
 * @throws {UserError} A source lacks a right, or cannot be what the graph says.
 */
export async function startSources(options: SourcesOptions, keep: Keep): Promise<Sources> {
  const { app, state, dynamodbEndpoint, sqsEndpoint, access, invokeAsync, log, onFailure } =
    options;
  const directory = state.dataDirectory("stream-checkpoints");
  const sendToQueue = sendToQueueAt(sqsEndpoint);

  async function startSource(source: EventSource): Promise<Part> {
    const queue = app.queues.find(({ arn }) => arn === source.eventSourceArn);
    if (queue) {
      const invoke = options.invokeQueue;
      return startQueuePoller({ source, queue, sqsEndpoint, invoke, log });
    }
    const table = app.tables.find(({ arn }) => source.eventSourceArn.startsWith(`${arn}/stream/`));
    if (table) {
      const stream = { source, table, dynamodbEndpoint, directory, sendToQueue, log, onFailure };
      return startStreamPoller({ ...stream, invoke: options.invokeStream });
    }
    log(`${source.name} does not run: ${source.eventSourceArn} is not hosted`);
    return {};
  }

  const enabled = app.eventSources.filter((source) => source.enabled);
  await checkRights(app, access);
  const starts = await Promise.allSettled(enabled.map(startSource));
  const parts = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  keep({ close: async () => void (await Promise.all(parts.map((part) => part.close?.()))) });
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) throw failed.reason;
  parts.push(startScheduler({ schedules: app.schedules, invoke: invokeAsync, sendToQueue, log }));
  return {
    redeliver: redeliverStream({ app, dynamodbEndpoint, invoke: options.invokeStream }),
    wake() {
      for (const part of parts) part.wake?.();
    },
  };
}
