import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { Resource } from "sst";
import { Pace } from "../concurrency.ts";
import { redactAddresses } from "../redact.ts";
import { countMetric, logger, traceClient } from "../telemetry.ts";
import type { Mail } from "./mail.ts";

/** The longest duration of one send in milliseconds. */
export const SEND_MS = 5_000;

/**
 * One client for the life of the process. It makes one attempt, because the SDK's retries would ignore
 * the pace: the queue delivers the message again instead.
 */
const client = traceClient(
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
 * The mail cannot be sent now, but later: the sending rate or the daily quota of SES is used up, or
 * the invocation has no time left for the mail's turn.
 */
export class SendLaterError extends Error {
  override readonly name = "SendLaterError";
}

/**
 * The errors of SES when the sending rate or the daily quota is used up.
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
 * Sends a mail through SES from the stage's address, at the stage's rate. A stage without an address
 * only logs a line without personal data.
 *
 * @param deadline when the mail's turn must start at the latest: milliseconds since the epoch
 * @throws SendLaterError when the mail must be sent later
 * @throws Error with the reason, without the addresses in SES's message, because errors are logged
 */
export async function sendMail({ to, subject, text }: Mail, deadline: number): Promise<void> {
  const { from, intervalMs } = Resource.SendMail;
  if (!from) return logger.info("mail not sent: this stage has no sender");
  if (!(await pace.waitForTurn(intervalMs, deadline))) {
    throw new SendLaterError("The invocation has no time left for the turn of this mail.");
  }
  const toUtf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  try {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: toUtf8(subject), Body: { Text: toUtf8(text) } } },
      }),
    );
    countMetric("MailsSent");
  } catch (error) {
    const { name, message } = error as Error;
    const reason = `SES refused the mail: ${name}: ${redactAddresses(message)}`;
    const isThrottled = throttling.has(name);
    countMetric(isThrottled ? "MailsThrottled" : "MailsFailed");
    throw isThrottled ? new SendLaterError(reason) : new Error(reason);
  }
}
