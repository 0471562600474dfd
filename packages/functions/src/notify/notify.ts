import { PetEvent } from "@petstore/core/events/pet-event";
import { countMail } from "@petstore/core/mail/limits";
import { type Mail, mailOf } from "@petstore/core/mail/mail";
import { SEND_MS, send } from "@petstore/core/mail/send";
import { annotate, count, logger } from "@petstore/core/telemetry";
import type { Context, SQSEvent } from "aws-lambda";
import { consume } from "../consumers/queue.ts";
import { onFailure } from "./failures.ts";
import { COMPLETE_MS, idempotency, once } from "./idempotency.ts";

/** When the last mail of this invocation may begin: milliseconds since the epoch. */
let deadline = 0;

/**
 * One mail for an event, however often that comes. SES knows no idempotency key, so there is one
 * window left: between SES taking the mail and the record of it being complete. A worker that dies
 * in there, an answer that is lost or a record that cannot be written leave the mail to be sent twice.
 * The alternative, to complete the record first, would leave it to be sent never.
 */
const sendOnce = once("mailed", async (eventId: string, event: PetEvent, mail: Mail) => {
  const limit = await countMail(event, mail);
  if (limit) {
    count("MailsOverLimit");
    return logger.warn("mail not sent: a limit of the day is reached", { eventId, limit });
  }
  await send(mail, deadline);
  logger.info("owner notified", { eventId, type: event.type });
});

const work = consume(
  "Notify",
  PetEvent,
  async (event) => {
    annotate({ petId: event.subject });
    const mail = mailOf(event);
    if (mail) await sendOnce(event.id, event, mail);
  },
  onFailure,
);

export const handler = (event: SQSEvent, context: Context) => {
  idempotency.registerLambdaContext(context);
  deadline = Date.now() + context.getRemainingTimeInMillis() - SEND_MS - COMPLETE_MS;
  return work(event, context);
};
