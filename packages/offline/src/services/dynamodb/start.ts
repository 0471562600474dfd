import type { EventSource } from "../../runtime/event-source.ts";
import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { fullDiskOf } from "../../state/state-file.ts";
import { UserError } from "../../util/user-error.ts";
import { createDynamoDbApi } from "./api.ts";
import { createConsoleView } from "./console.ts";
import { startDynamoDb } from "./engine.ts";
import type { Table } from "./resources.ts";
import { startStreamPoller } from "./stream/poller.ts";
import { redeliverBatch } from "./stream/redelivery.ts";
import { ensureTables } from "./tables.ts";

/** Operations that can add a record to a table's stream. */
const WRITE = /^(Put|Update|Delete|BatchWrite|TransactWrite|ExecuteStatement|BatchExecute)/;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
const STREAM_ACTIONS = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
  (action) => `dynamodb:${action}`,
);

/** Starts the DynamoDB engine with the app's tables. */
export async function start(context: ServiceContext<Table[]>): Promise<RunningService> {
  const { resources: tables, state, settings, events, clock, log, fail } = context;
  const engine = await startEngine();
  const wakers = new Set<() => void>();
  events.on("called", ({ service, operation }) => {
    if (service !== "dynamodb" || !WRITE.test(operation)) return;
    for (const wake of wakers) wake();
  });

  async function startEngine() {
    try {
      const { DYNAMODB_ENDPOINT: endpoint } = process.env;
      const started = await startDynamoDb({
        state,
        engine: settings.engine,
        endpoint,
        onExit: fail,
      });
      await ensureTables(started.endpoint, tables).catch(async (error) => {
        await started.close();
        throw error;
      });
      return started;
    } catch (error) {
      const fullDisk = fullDiskOf(state.directory);
      throw fullDisk ? new UserError(fullDisk, { cause: error }) : error;
    }
  }

  function streamOf(table: Table): EventSource {
    return {
      actions: STREAM_ACTIONS,
      invocationSource: "stream",
      async poll(mapping, invoke) {
        const poller = await startStreamPoller({
          ...{ mapping, table, invoke, clock, log },
          dynamodbEndpoint: engine.endpoint,
          directory: state.dataDirectory("stream-checkpoints"),
          sendToQueue: context.sendTo,
          onFailure: fail,
        });
        wakers.add(poller.wake);
        return poller;
      },
      redeliver: (mapping, message, invoke) =>
        redeliverBatch({ mapping, table, dynamodbEndpoint: engine.endpoint, invoke }, message),
    };
  }

  return {
    api: createDynamoDbApi(engine.endpoint, tables),
    findEventSource(arn) {
      const table = tables.find((one) => arn.startsWith(`${one.arn}/stream/`));
      return table && streamOf(table);
    },
    describe: () => [`DynamoDB    ${engine.engine}`],
    ...createConsoleView({ tables, endpoint: engine.endpoint, events }),
    close: engine.close,
  };
}
