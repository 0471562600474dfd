import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { Resource } from "sst";
import { Pace } from "../concurrency.ts";
import { count, logger, traced } from "../telemetry.ts";
import type { Mail } from "./mail.ts";

/** Milliseconds that one send takes at most. */
export const SEND_MS = 5_000;

/**
 * One client for the life of the process. It makes one attempt, because a retry by the SDK would not
 * keep to the pace: the queue delivers the message again.
 */
const client = traced(
  new SESv2Client({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: SEND_MS - 1_000,
      throwOnRequestTimeout: true,
    },
  }),
);

const pace = new Pace();

/**
 * The mail cannot be sent now, and can be sent later: SES accepts no more for the moment or for the
 * day, or the invocation has no time left for the mail's turn.
 */
export class NotNow extends Error {
  override readonly name = "NotNow";
}

/**
 * The errors by which SES says that the sending rate or the daily quota is used up.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
 * https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
 */
const throttling = new Set([
  "TooManyRequestsException",
  "ThrottlingException",
  "Throttling",
  "LimitExceededException",
]);

/**
 * Sends a mail through SES from the stage's address, in its turn. A stage without an address logs a
 * line without personal data instead: such stages are for trials.
 *
 * @param deadline when the mail's turn has to begin at the latest: milliseconds since the epoch
 * @throws NotNow when the mail is to be sent later
 * @throws Error that gives the reason, without the addresses that SES's own messages quote: errors
 * are logged
 */
export async function send({ to, subject, text }: Mail, deadline: number): Promise<void> {
  const { from, intervalMs } = Resource.SendMail;
  if (!from) return logger.info("mail not sent: this stage has no sender");
  if (!(await pace.turn(intervalMs, deadline))) {
    throw new NotNow("The invocation has no time left for the turn of this mail.");
  }
  const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  try {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text) } } },
      }),
    );
    count("MailsSent");
  } catch (error) {
    const { name, message } = error as Error;
    const reason = `SES did not take the mail: ${name}: ${withoutAddresses(message)}`;
    const isThrottled = throttling.has(name);
    count(isThrottled ? "MailsThrottled" : "MailsFailed");
    throw isThrottled ? new NotNow(reason) : new Error(reason);
  }
}

/** From where a word begins only: from each of its letters it would take the square of its length. */
const withoutAddresses = (message: string) => message.replace(/(?<!\S)\S+@\S+/g, "(an address)");
