import { PetEvent } from "@petstore/core/events/pet-event";
import { countMail } from "@petstore/core/mail/limits";
import { type Mail, toMail } from "@petstore/core/mail/mail";
import { SEND_MS, sendMail } from "@petstore/core/mail/send";
import { annotateTrace, countMetric, logger } from "@petstore/core/telemetry";
import type { Context, SQSEvent } from "aws-lambda";
import { consumeQueue } from "../consumers/queue.ts";
import { onFailure } from "./failures.ts";
import { COMPLETE_MS, idempotency, runOncePerKey } from "./idempotency.ts";

/** When the last mail of this invocation must start: milliseconds since the epoch. */
let deadline = 0;

/**
 * Sends one mail for an event, however often the event is delivered. SES has no idempotency keys, so
 * one window remains, between the send and the completed record: a worker that is killed, a lost
 * response or a failed write then cause a second mail. Completing the record first would lose mails.
 */
const sendOnce = runOncePerKey("mailed", async (eventId: string, event: PetEvent, mail: Mail) => {
  const limit = await countMail(event, mail);
  if (limit) {
    countMetric("MailsOverLimit");
    return logger.warn("mail not sent: a daily limit is reached", { eventId, limit });
  }
  await sendMail(mail, deadline);
  logger.info("owner notified", { eventId, type: event.type });
});

const consume = consumeQueue(
  "Notify",
  PetEvent,
  async (event) => {
    annotateTrace({ petId: event.subject });
    const mail = toMail(event);
    if (mail) await sendOnce(event.id, event, mail);
  },
  onFailure,
);

export const handler = (event: SQSEvent, context: Context) => {
  idempotency.registerLambdaContext(context);
  deadline = Date.now() + context.getRemainingTimeInMillis() - SEND_MS - COMPLETE_MS;
  return consume(event, context);
};
