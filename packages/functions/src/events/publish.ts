import { publish } from "@petstore/core/events/notifications";
import { toNotification } from "@petstore/core/events/pet-event";
import { consume } from "../consumers/stream.ts";

/** Ten are one request to SQS. */
export const handler = consume("PublishEvents", {
  take: toNotification,
  size: 10,
  handle: publish,
});
