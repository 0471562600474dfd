import { parseArgs } from "node:util";
import { Resource } from "sst";
import * as z from "zod";
import { depthOf, receiveAll, release, replay } from "./dead-letters.ts";

const help = `Usage: npm run redrive -- [<queue>] [options]

Replays what ended in a dead-letter queue. Without a queue: lists the queues, and how many
messages wait in the dead-letter queue of each.

  --dry-run   show the messages, and leave them where they are
  --help      print this text
`;

/** Long enough to look at, or replay, everything in one go. */
const INVISIBLE_SECONDS = 300;

const Link = z.object({ url: z.url() });
const linkOf = (name: string) =>
  Link.safeParse((Resource as unknown as Record<string, unknown>)[name]).data;

/** Every queue that has a dead-letter queue. */
const queues = ["Chunks", "Notifications"] as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const [name] = positionals;
  if (!name) return listQueues();

  const queue = queues.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (!queue) throw new Error(`There is no queue ${name}: choose one of ${queues.join(", ")}.`);
  await (values["dry-run"] ? show : redrive)(queue);
}

async function listQueues(): Promise<void> {
  for (const queue of queues) {
    console.log(`${queue}: ${await depthOf(urlOf(`${queue}DeadLetters`))} dead letter(s)`);
  }
}

async function show(queue: string): Promise<void> {
  const url = urlOf(`${queue}DeadLetters`);
  // SQS shows a message only by handing it out.
  const messages = await Array.fromAsync(receiveAll(url, INVISIBLE_SECONDS));
  for (const { MessageId, Body, Attributes } of messages) {
    const sent = new Date(Number(Attributes?.SentTimestamp)).toISOString();
    console.log(`${MessageId}  sent ${sent}  ${Body?.slice(0, 120)}`);
  }
  await Promise.all(messages.map((message) => release(message, url)));
  console.log(`${messages.length} message(s) would go back to ${queue}.`);
}

async function redrive(queue: string): Promise<void> {
  const [from, to] = [urlOf(`${queue}DeadLetters`), urlOf(queue)];
  const total = await depthOf(from);
  let done = 0;
  for await (const message of receiveAll(from, INVISIBLE_SECONDS)) {
    await replay(message, from, to);
    console.log(`${++done} of ${Math.max(total, done)}  ${message.MessageId}`);
  }
  console.log(`${done} message(s) went back to ${queue}.`);
}

function urlOf(name: string): string {
  const link = linkOf(name);
  if (!link) throw new Error(`${name} is not linked: run this through npm run redrive.`);
  return link.url;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
