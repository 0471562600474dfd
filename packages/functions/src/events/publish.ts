import { toNotification } from "@petstore/core/events/event";
import { publish } from "@petstore/core/events/publish";
import { consume } from "../consumers/stream.ts";

/** Ten are one request to SQS. */
export const handler = consume("PublishEvents", {
  take: toNotification,
  size: 10,
  handle: publish,
});
