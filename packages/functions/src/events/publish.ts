import { publishEvents, toNotification } from "@petstore/core/events/notifications";
import { consumeStream } from "../consumers/stream.ts";

/** Sends ten events in one request to SQS. */
export const handler = consumeStream("PublishEvents", {
  toTask: toNotification,
  batchSize: 10,
  handle: publishEvents,
});
