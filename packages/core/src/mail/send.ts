import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { Resource } from "sst";
import { count, logger, traced } from "../telemetry.ts";
import type { Mail } from "./mail.ts";

/** One client for the life of the process. Its two attempts fit into the five seconds of the function. */
const client = traced(
  new SESv2Client({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  }),
);

/**
 * Sends a mail through SES, from the stage's address. A stage that has none leaves a log line instead,
 * and no address in it: such stages are for trying things out, and need nobody's personal data.
 *
 * @throws Error that says why, without the addresses that SES's own messages quote: errors are logged
 */
export async function send({ to, subject, text }: Mail): Promise<void> {
  const { from } = Resource.SendMail;
  if (!from) return logger.info("mail not sent: this stage has no sender");
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
    count("MailsFailed");
    const { name, message } = error as Error;
    throw new Error(`SES did not take the mail: ${name}: ${withoutAddresses(message)}`);
  }
}

/** From where a word begins only: from each of its letters it would take the square of its length. */
const withoutAddresses = (message: string) => message.replace(/(?<!\S)\S+@\S+/g, "(an address)");
