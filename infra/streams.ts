import { lambda } from "./function";
import { deadLetters, sendNotifications } from "./queues";
import { countInventory, table } from "./table";

/** Batches that a consumer could not do. The record is a pointer into the stream, kept for a day. */
const failures = deadLetters("StreamFailures");

/** The functions behind the stream, for whatever is to be done for each. */
export const streamConsumers: { name: string; fn: sst.aws.Function }[] = [];

/** Only pets; the table's other items are nobody's news. */
const pets = { dynamodb: { Keys: { sk: { S: ["pet"] } } } };

/**
 * A consumer of the table's stream: what happened is derived from what was written, so nothing can
 * be written without being announced.
 */
function consumer(name: string, file: string, may: sst.Linkable<object>[]) {
  const consume = new sst.Linkable(`Consume${name}`, {
    properties: {},
    include: [
      sst.aws.permission({
        actions: [
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
        ],
        resources: [table.nodes.table.streamArn],
      }),
      sst.aws.permission({ actions: ["sqs:SendMessage"], resources: [failures.arn] }),
    ],
  });
  const fn = lambda(name, {
    handler: `packages/functions/src/${file}.handler`,
    link: [...may, consume],
  });
  streamConsumers.push({ name, fn });
  table.subscribe(`${name}Stream`, fn.arn, {
    filters: [pets],
    transform: {
      eventSourceMapping: {
        startingPosition: "TRIM_HORIZON",
        batchSize: 100,
        maximumBatchingWindowInSeconds: 0,
        // With backoff: some minutes, which outlast most troubles. A record that nothing can be done
        // with holds up its shard for as long, and then is set aside.
        maximumRetryAttempts: 20,
        maximumRecordAgeInSeconds: 6 * 60 * 60,
        bisectBatchOnFunctionError: true,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: failures.arn } },
      },
    },
  });
}

consumer("PublishEvents", "events/publish", [sendNotifications]);
consumer("ProjectInventory", "inventory/project", [countInventory]);
