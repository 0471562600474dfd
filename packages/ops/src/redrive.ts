import type { Message } from "@aws-sdk/client-sqs";
import { Resource } from "sst";
import * as z from "zod";
import { runCommand } from "./command.ts";
import {
  countMessages,
  deleteMessage,
  makeVisible,
  receiveAll,
  resendMessage,
} from "./dead-letters.ts";
import { describeFailure, replayFailure } from "./stream-failures.ts";

const help = `Usage: npm run redrive -- [<name>] [options]

Replays dead letters: work that failed repeatedly. Without a name, it prints the number of dead
letters of each kind.

Names:
  chunks, notifications   Sends the messages to their queue again.
  stream-failures         Reads the records from the table's stream again and invokes their consumer.
                          The stream stores records for 24 hours.

Options:
  --dry-run   Print the dead letters without replaying them.
  --help      Print this text.

Examples:
  npm run redrive -- chunks --dry-run
  npx sst shell --stage production -- npm run redrive:aws -- chunks
`;

/** Long enough to print or replay all messages of a queue. */
const INVISIBLE_SECONDS = 300;

/** A kind of dead letters. */
interface Kind {
  name: string;
  /** The link of the dead-letter queue. */
  queue: string;
  /** Returns one line about a dead letter. */
  describe: (body: string) => string;
  /** Replays a dead letter. It is deleted only afterwards, so it may be replayed twice but is never lost. */
  replay: (message: Message) => Promise<void>;
}

const kinds: Kind[] = [
  messagesOf("Chunks"),
  messagesOf("Notifications"),
  {
    name: "stream-failures",
    queue: "StreamFailures",
    describe: describeFailure,
    replay: ({ Body = "" }) => replayFailure(Body),
  },
];

const args = {
  allowPositionals: true,
  options: { "dry-run": { type: "boolean", default: false } },
} as const;

await runCommand({ name: "redrive", help, args }, async ({ values, positionals }) => {
  const [name, extra] = positionals;
  if (extra !== undefined) {
    throw new Error(`Redrive replays one kind of dead letters: remove "${extra}".`);
  }
  if (!name) return printCounts();

  const kind = kinds.find((candidate) => candidate.name === name.toLowerCase());
  if (!kind) {
    const names = kinds.map((candidate) => candidate.name).join(", ");
    throw new Error(`There are no dead letters named ${name}: choose one of ${names}.`);
  }
  await (values["dry-run"] ? printDeadLetters(kind) : redrive(kind));
});

/** The messages of a queue, which are sent to it again. */
function messagesOf(queue: string): Kind {
  return {
    name: queue.toLowerCase(),
    queue: `${queue}DeadLetters`,
    describe: (body) => body.slice(0, 120),
    replay: (message) => resendMessage(message, queueUrlOf(queue)),
  };
}

async function printCounts(): Promise<void> {
  for (const { name, queue } of kinds) {
    console.log(`${name}: ${await countMessages(queueUrlOf(queue))} dead letter(s)`);
  }
}

async function printDeadLetters({ name, queue, describe }: Kind): Promise<void> {
  const url = queueUrlOf(queue);
  // SQS has no operation that reads messages without receiving them.
  const messages = await Array.fromAsync(receiveAll(url, INVISIBLE_SECONDS));
  for (const { MessageId, Body = "", Attributes } of messages) {
    const sent = new Date(Number(Attributes?.SentTimestamp)).toISOString();
    console.log(`${MessageId}  sent ${sent}  ${describe(Body)}`);
  }
  await makeVisible(messages, url);
  console.log(`${messages.length} dead letter(s) of ${name} would be replayed.`);
}

async function redrive({ name, queue, replay }: Kind): Promise<void> {
  const url = queueUrlOf(queue);
  const total = await countMessages(url);
  const failed: Message[] = [];
  let replayed = 0;
  for await (const message of receiveAll(url, INVISIBLE_SECONDS)) {
    try {
      await replay(message);
      await deleteMessage(message, url);
      replayed++;
      console.log(`${replayed} of ${Math.max(total, replayed)}  ${message.MessageId}`);
    } catch (error) {
      failed.push(message);
      console.error(`Failed ${message.MessageId}: ${(error as Error).message}`);
    }
  }
  await makeVisible(failed, url);
  console.log(`${replayed} dead letter(s) of ${name} replayed, ${failed.length} failed.`);
  if (failed.length > 0) process.exitCode = 1;
}

function queueUrlOf(name: string): string {
  const links = Resource as unknown as Record<string, unknown>;
  const link = z.object({ url: z.url() }).safeParse(links[name]).data;
  if (!link) throw new Error(`The queue ${name} is not linked: run npm run redrive.`);
  return link.url;
}
