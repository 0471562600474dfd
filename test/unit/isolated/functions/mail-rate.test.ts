import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  MessageRejected,
  SESv2Client,
  type SendEmailCommand,
  TooManyRequestsException,
} from "@aws-sdk/client-sesv2";
import { DynamoDBDocumentClient, type UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Context, SQSEvent } from "aws-lambda";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { divideMailRate } from "../../../../infra/mail-rate.ts";
import { petEvent } from "../../../support/event.ts";
import { graphOf } from "../../../support/graph.ts";
import { isThorough } from "../../../support/thorough.ts";

type Notify = typeof import("@petstore/functions/notify/notify");

/** The linked resources that Notify uses. */
const links = vi.hoisted(() => ({
  SendMail: { from: "petstore@example.com", intervalMs: 0 },
  CountMails: { name: "table", limits: { caller: 1e9, recipient: 1e9 } },
  RememberDone: { name: "table" },
  ConsumeNotifications: { url: "https://sqs/queue", deadLettersUrl: "https://sqs/dead" },
}));
vi.mock("sst", () => ({ Resource: links }));
const sqs = vi.hoisted(() => ({
  send: async (_command: { input: Record<string, string | number> }): Promise<void> => {},
}));
vi.mock("@petstore/core/queue/send", () => ({ client: sqs }));
// Fake timers do not replace those of this module.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));
vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
vi.stubEnv("POWERTOOLS_TRACE_ENABLED", "false");

const realSetImmediate = setImmediate;

const [queueState] = graphOf("production")
  .all("aws:sqs/queue:Queue")
  .filter(({ arn, redrivePolicy }) => arn.includes("Notifications") && redrivePolicy);
const maxReceiveCount = queueState?.redrivePolicy?.maxReceiveCount as number;
const retentionSeconds = queueState?.messageRetentionSeconds as number;

/** A queue with the visibility timeouts, receive counts and redrive policy of SQS. */
class Queue {
  readonly dead: string[] = [];
  #messages = new Map<string, { body: string; receives: number; visibleAt: number }>();
  #ready: string[] = [];
  /** Ids by the second (since the epoch) in which they become visible. */
  #hidden = new Map<number, string[]>();
  #second = seconds();

  get size() {
    return this.#messages.size;
  }
  send(body: string) {
    const id = randomUUID();
    this.#messages.set(id, { body, receives: 0, visibleAt: 0 });
    this.#ready.push(id);
  }
  receive(most: number, visibilitySeconds: number) {
    for (; this.#second < seconds(); this.#second++) {
      const ids = this.#hidden.get(this.#second) ?? [];
      const visible = ids.filter((id) => this.#messages.get(id)?.visibleAt === this.#second);
      this.#ready.push(...visible);
      this.#hidden.delete(this.#second);
    }
    const received: SQSEvent["Records"] = [];
    while (received.length < most && this.#ready.length > 0) {
      const id = this.#ready.shift() as string;
      const message = this.#messages.get(id);
      if (!message) continue;
      if (++message.receives > maxReceiveCount) {
        this.dead.push(message.body);
        this.delete(id);
        continue;
      }
      this.hide(id, visibilitySeconds);
      const attributes = { ApproximateReceiveCount: String(message.receives) };
      received.push({ messageId: id, receiptHandle: id, body: message.body, attributes } as never);
    }
    return received;
  }
  hide(id: string, forSeconds: number) {
    const message = this.#messages.get(id);
    if (!message) return;
    message.visibleAt = seconds() + forSeconds;
    const ids = this.#hidden.get(message.visibleAt) ?? [];
    this.#hidden.set(message.visibleAt, [...ids, id]);
  }
  delete(id: string) {
    this.#messages.delete(id);
  }
}

const seconds = () => Math.floor(Date.now() / 1000);

let queue: Queue;
let workers: Notify["handler"][];
/** The addresses that SES has sent a mail to. */
let sent: string[];
/** Called before SES sends a mail. */
let ses: (to: string) => void;
/** Called before the table writes anything. */
let beforeWrite: (key: string) => void;

beforeEach(async () => {
  queue = new Queue();
  sent = [];
  beforeWrite = () => {};
  const records = new Map<string, { completed: boolean; expires: number }>();
  const failures = new Map<string, number>();

  vi.spyOn(SESv2Client.prototype, "send").mockImplementation(async (command: unknown) => {
    const { Destination } = (command as SendEmailCommand).input;
    const to = Destination?.ToAddresses?.[0] as string;
    ses(to);
    sent.push(to);
  });
  sqs.send = async ({ input }) => {
    if (input.QueueUrl === links.ConsumeNotifications.deadLettersUrl) {
      queue.dead.push(input.MessageBody as string);
    } else {
      queue.hide(input.ReceiptHandle as string, input.VisibilityTimeout as number);
    }
  };
  // Powertools' records: a put claims, an update completes, a delete releases.
  vi.spyOn(DynamoDBClient.prototype, "send").mockImplementation(async (command: unknown) => {
    const { input } = command as PutItemCommand;
    const { pk, in_progress_expiration } = (input.Item ??
      (input as never as { Key: object }).Key) as Record<string, { S: string; N: string }>;
    const key = pk?.S as string;
    beforeWrite(`${(command as object).constructor.name} ${key}`);
    const record = records.get(key);
    if (command instanceof PutItemCommand) {
      if (record && (record.completed || record.expires >= Date.now())) {
        const item = {
          pk: { S: key },
          status: { S: record.completed ? "COMPLETED" : "INPROGRESS" },
        };
        const expiration = { N: String(Math.floor(Date.now() / 1000) + 1e6) };
        throw new ConditionalCheckFailedException({
          message: "The conditional request failed",
          Item: { ...item, expiresAt: expiration },
          $metadata: {},
        });
      }
      records.set(key, { completed: false, expires: Number(in_progress_expiration?.N) });
    } else if (input && "UpdateExpression" in input) {
      records.set(key, { completed: true, expires: 0 });
    } else {
      records.delete(key);
    }
  });
  vi.spyOn(DynamoDBDocumentClient.prototype, "send").mockImplementation(
    async (command: unknown) => {
      const { pk, sk } = (command as UpdateCommand).input.Key ?? {};
      beforeWrite(`UpdateCommand ${pk}`);
      if (sk !== "failures") return {};
      failures.set(pk, (failures.get(pk) ?? 0) + 1);
      return { Attributes: { failures: failures.get(pk) } };
    },
  );
  workers = [await startWorker(), await startWorker()];
  queue = new Queue();
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

/** Returns the context of an invocation that must end within a number of seconds. */
function invocation(seconds: number): Context {
  const end = Date.now() + seconds * 1000;
  return {
    functionName: "Notify",
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context;
}

/** Starts a worker with its own modules, and runs a first invocation, which loads the rest. */
async function startWorker(): Promise<Notify["handler"]> {
  vi.resetModules();
  const { handler } = await import("@petstore/functions/notify/notify");
  queue.send("no JSON");
  await handler({ Records: queue.receive(1, 0) }, invocation(60));
  return handler;
}

/** Runs the workers until the queue is empty. */
async function drain({ batch, seconds }: { batch: number; seconds: number }): Promise<void> {
  const poll = async (handler: Notify["handler"]) => {
    while (queue.size > 0) {
      const Records = queue.receive(batch, 6 * seconds);
      if (Records.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        continue;
      }
      const context = invocation(seconds);
      const { batchItemFailures } = await handler({ Records }, context);
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { messageId } of Records) if (!failed.has(messageId)) queue.delete(messageId);
    }
  };
  let done = false;
  const all = Promise.all(workers.map(poll)).finally(() => {
    done = true;
  });
  while (!done) {
    // Vitest's `advanceTimersToNextTimerAsync` takes a millisecond for each timer.
    await new Promise<void>((resolve) => realSetImmediate(resolve));
    vi.advanceTimersToNextTimer();
  }
  await all;
}

/**
 * Gives SES a quota of mails per second. SES accepts short bursts above it: here, of two seconds.
 * https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
 */
function limitedTo(perSecond: number): void {
  let tokens = 2 * perSecond;
  let last = Date.now();
  ses = () => {
    tokens = Math.min(2 * perSecond, tokens + ((Date.now() - last) / 1000) * perSecond);
    last = Date.now();
    if (tokens >= 1) return void tokens--;
    throw new TooManyRequestsException({
      message: "Maximum sending rate exceeded.",
      $metadata: {},
    });
  };
}

function send(count: number): string[] {
  const addresses = Array.from({ length: count }, (_, n) => `owner-${n}@example.com`);
  for (const address of addresses) queue.send(JSON.stringify(petEvent(address)));
  return addresses;
}

describe("a backlog of mails", () => {
  it.each([
    {
      mails: isThorough ? 10_000 : 1_000,
      name: "as many as SES accepts",
      mailsPerSecond: 1,
      most: 3,
    },
    {
      mails: isThorough ? 300 : 100,
      name: "ten times as many as SES accepts",
      mailsPerSecond: 10,
      most: 1,
    },
  ])(
    "of $mails arrives without duplicates at one per second, when Notify sends $name",
    async ({ mails, mailsPerSecond, most }) => {
      const rate = divideMailRate({ mailsPerSecond, workers: workers.length });
      links.SendMail.intervalMs = rate.intervalMs;
      limitedTo(1);
      const addresses = send(mails);
      const began = Date.now();

      await drain({ batch: rate.batchSize, seconds: rate.timeoutSeconds });

      expect(sent.toSorted()).toEqual(addresses.toSorted());
      expect(queue.dead).toEqual([]);
      const hours = (Date.now() - began) / 3_600_000;
      expect(hours).toBeLessThan(most);
      expect(hours * 3_600).toBeLessThan(retentionSeconds);
    },
    300_000,
  );
});

describe("a message", () => {
  const seconds = 60;
  const batch = 10;

  it("that SES rejects is a dead letter after exactly five failures", async () => {
    links.SendMail.intervalMs = 100;
    let attempts = 0;
    ses = () => {
      attempts++;
      throw new MessageRejected({ message: "Address is on the suppression list", $metadata: {} });
    };
    const [body] = send(1);

    await drain({ batch, seconds });

    expect(attempts).toBe(5);
    expect(queue.dead).toEqual([expect.stringContaining(body as string)]);
  });

  it("that cannot be parsed is a dead letter after five failures", async () => {
    queue.send("{}");

    await drain({ batch, seconds });

    expect(queue.dead).toEqual(["{}"]);
  });

  it.each([
    ["TooManyRequestsException", "Maximum sending rate exceeded."],
    ["ThrottlingException", "Daily message quota exceeded"],
    ["LimitExceededException", "Daily message quota exceeded"],
  ])("that SES throttles twenty times (%s) is sent later", async (name, message) => {
    links.SendMail.intervalMs = 100;
    let attempts = 0;
    ses = () => {
      if (++attempts <= 20) throw Object.assign(new Error(message), { name });
    };
    const addresses = send(1);

    await drain({ batch, seconds });

    expect(sent).toEqual(addresses);
    expect(queue.dead).toEqual([]);
  });

  it("whose mail was sent is not sent again while the table refuses to store that", async () => {
    links.SendMail.intervalMs = 100;
    limitedTo(100);
    const refused: number[] = [];
    beforeWrite = (write) => {
      if (!write.startsWith("UpdateItemCommand") || refused.length === 5) return;
      refused.push(Date.now());
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    };
    const addresses = send(1);

    await drain({ batch, seconds });

    expect(refused).toHaveLength(5);
    expect(sent).toEqual(addresses);
  });

  it("is delivered again without a counted failure when the table is throttled", async () => {
    links.SendMail.intervalMs = 100;
    limitedTo(100);
    let refused = 0;
    beforeWrite = () => {
      if (++refused > 20) return;
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    };
    const addresses = send(1);

    await drain({ batch, seconds });

    expect(sent).toEqual(addresses);
    expect(queue.dead).toEqual([]);
  });

  it("whose turn is after the invocation's deadline is postponed, and sent later", async () => {
    links.SendMail.intervalMs = 10_000;
    limitedTo(100);
    const addresses = send(20);

    await drain({ batch, seconds });

    expect(sent.toSorted()).toEqual(addresses.toSorted());
    expect(queue.dead).toEqual([]);
  });
});
