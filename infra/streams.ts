import { createFunction } from "./function";
import { createDeadLetterQueue } from "./queue";
import { sendNotifications } from "./queues";
import { countInventory, table } from "./table";

/** Batches that failed. A message has the position of the records in the stream, not the records. */
const failures = createDeadLetterQueue("StreamFailures");

/** All consumers of the stream, for alarms and dashboard. */
export const streamConsumers: { name: string; fn: sst.aws.Function }[] = [];

/** Only changes of pets. The table's other items lead to no events. */
const petsFilter = { dynamodb: { Keys: { sk: { S: ["pet"] } } } };

subscribe("PublishEvents", "events/publish", [sendNotifications]);
subscribe("ProjectInventory", "inventory/project", [countInventory]);

/**
 * Creates a function and subscribes it to the table's stream.
 *
 * @param file below `packages/functions/src`, without its extension
 */
function subscribe(name: string, file: string, permissions: sst.Linkable<object>[]) {
  const consumeStream = new sst.Linkable(`Consume${name}`, {
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
  const fn = createFunction(name, {
    handler: `packages/functions/src/${file}.handler`,
    link: [...permissions, consumeStream],
  });
  streamConsumers.push({ name, fn });
  table.subscribe(`${name}Stream`, fn.arn, {
    filters: [petsFilter],
    transform: {
      eventSourceMapping: {
        startingPosition: "TRIM_HORIZON",
        batchSize: 100,
        maximumBatchingWindowInSeconds: 0,
        // With backoff, 20 attempts take some minutes: longer than most outages. A record that always
        // fails blocks its shard for that time, and is then sent to the dead-letter queue.
        maximumRetryAttempts: 20,
        maximumRecordAgeInSeconds: 6 * 60 * 60,
        bisectBatchOnFunctionError: true,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: failures.arn } },
      },
    },
  });
}
