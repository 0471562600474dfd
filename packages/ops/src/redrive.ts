import type { Message } from "@aws-sdk/client-sqs";
import { Resource } from "sst";
import * as z from "zod";
import { parseCommandLine } from "./command-line.ts";
import { depthOf, receiveAll, release, remove, resend } from "./dead-letters.ts";
import { invokeAgain, summaryOf } from "./stream-failures.ts";

const help = `Usage: npm run redrive -- [<name>] [options]

Has done again what ended as a dead letter. Without a name: lists what there is, and how many
dead letters of each.

  chunks, notifications   messages go back to their queue
  stream-failures         records are read from the stream again, and their consumer is
                          invoked with them; the stream keeps them for 24 hours

  --dry-run   show the dead letters, and leave them where they are
  --help      print this text
`;

/** Long enough to look at, or replay, everything in one go. */
const INVISIBLE_SECONDS = 300;

/** What can end as a dead letter. */
interface Kind {
  name: string;
  /** The link of the queue where it waits. */
  deadLetters: string;
  /** A dead letter in a few words. */
  show: (body: string) => string;
  /** Has it done again. A dead letter is removed only after that: it may be done twice, never not at all. */
  again: (message: Message) => Promise<void>;
}

/** Messages of a queue, which go back there. */
const messagesOf = (queue: string): Kind => ({
  name: queue.toLowerCase(),
  deadLetters: `${queue}DeadLetters`,
  show: (body) => body.slice(0, 120),
  again: (message) => resend(message, urlOf(queue)),
});

const kinds: Kind[] = [
  messagesOf("Chunks"),
  messagesOf("Notifications"),
  {
    name: "stream-failures",
    deadLetters: "StreamFailures",
    show: summaryOf,
    again: ({ Body = "" }) => invokeAgain(Body),
  },
];

async function main(): Promise<void> {
  const { values, positionals } = parseCommandLine(
    {
      allowPositionals: true,
      options: {
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    },
    "npm run redrive -- --help",
  );
  if (values.help) return console.log(help.trimEnd());
  const [name, extra] = positionals;
  if (extra !== undefined) {
    throw new Error(`Redrive one kind of dead letters at a time: remove "${extra}".`);
  }
  if (!name) return list();

  const kind = kinds.find((candidate) => candidate.name === name.toLowerCase());
  if (!kind) {
    const names = kinds.map((candidate) => candidate.name).join(", ");
    throw new Error(`There are no dead letters of ${name}: choose one of ${names}.`);
  }
  await (values["dry-run"] ? show : redrive)(kind);
}

async function list(): Promise<void> {
  for (const { name, deadLetters } of kinds) {
    console.log(`${name}: ${await depthOf(urlOf(deadLetters))} dead letter(s)`);
  }
}

async function show({ name, deadLetters, show }: Kind): Promise<void> {
  const url = urlOf(deadLetters);
  // SQS shows a message only by handing it out.
  const messages = await Array.fromAsync(receiveAll(url, INVISIBLE_SECONDS));
  for (const { MessageId, Body = "", Attributes } of messages) {
    const sent = new Date(Number(Attributes?.SentTimestamp)).toISOString();
    console.log(`${MessageId}  sent ${sent}  ${show(Body)}`);
  }
  await release(messages, url);
  console.log(`${messages.length} dead letter(s) of ${name} would be done again.`);
}

async function redrive({ name, deadLetters, again }: Kind): Promise<void> {
  const url = urlOf(deadLetters);
  const total = await depthOf(url);
  const kept: Message[] = [];
  let done = 0;
  for await (const message of receiveAll(url, INVISIBLE_SECONDS)) {
    try {
      await again(message);
      await remove(message, url);
      console.log(`${++done} of ${Math.max(total, done)}  ${message.MessageId}`);
    } catch (error) {
      kept.push(message);
      console.error(`Kept ${message.MessageId}: ${(error as Error).message}`);
    }
  }
  await release(kept, url);
  console.log(`${done} dead letter(s) of ${name} went back, ${kept.length} stay.`);
  if (kept.length > 0) process.exitCode = 1;
}

const Link = z.object({ url: z.url() });

function urlOf(name: string): string {
  const link = Link.safeParse((Resource as unknown as Record<string, unknown>)[name]).data;
  if (!link) throw new Error(`${name} is not linked: run this through npm run redrive.`);
  return link.url;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
