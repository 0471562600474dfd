import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { callSqs } from "@petstore/offline/services/sqs/call";
import { sendToQueueAt } from "@petstore/offline/services/sqs/send";
import { startSqs } from "@petstore/offline/services/sqs/server";
import { openState } from "@petstore/offline/state/state";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { done, pollerOf, queue, queueWithDlq, sqsWith, temporaryState } from "./poller-harness.ts";

const eventually = { timeout: 10_000, interval: 20 };
const source = (module: string) =>
  JSON.stringify(import.meta.resolve(`@petstore/offline/${module}`));

it("after a restart, messages in flight come back when their visibility timeout is over", async () => {
  const work = queue("work", { VisibilityTimeout: "2" });
  const state = temporaryState();
  const before = await sqsWith([work], state);
  await before.send(work, "in flight", "waiting");
  const [inFlight] = await before.receive(work, { MaxNumberOfMessages: 1 });
  await before.close();

  const after = await sqsWith([work], state);
  expect(await after.counts(work)).toEqual([1, 1]);
  const poller = pollerOf(work, after.endpoint, () => done);
  await poller.until(() => poller.bodies().length === 2);
  expect(poller.bodies()).toEqual(["waiting", "in flight"]);
  expect(poller.invocations[1]?.records[0]).toMatchObject({
    messageId: inFlight?.MessageId,
    attributes: { ApproximateReceiveCount: "2" },
  });
});

it("a restart gives queues their new attributes, and keeps what is in them", async () => {
  const { work, dlq } = queueWithDlq(3);
  const state = temporaryState();
  const before = await sqsWith([work, dlq], state);
  await before.send(work, "x");
  await before.close();

  const changed = queue("work", { VisibilityTimeout: "7" });
  const after = await sqsWith([changed, queue("new")], state);
  const get = { QueueUrl: work.url, AttributeNames: ["VisibilityTimeout", "RedrivePolicy"] };
  expect(await after.call("GetQueueAttributes", get)).toEqual({
    Attributes: { VisibilityTimeout: "7" },
  });
  expect(await after.counts(work)).toEqual([1, 0]);
  expect(await after.counts(queue("new"))).toEqual([0, 0]);
});

it("a message is any text of characters that XML knows, emoji among them", async () => {
  const work = queue("work");
  const sqs = await sqsWith([work], temporaryState());
  await sqs.send(work, "🐶 \t\ue000\ufffd");
  expect((await sqs.receive(work, {})).map(({ Body }) => Body)).toEqual(["🐶 \t\ue000\ufffd"]);
  await expect(sqs.send(work, "\uffff")).rejects.toThrow("Invalid characters");
});

describe("a queue's maximum message size", () => {
  const work = queue("work", { MaximumMessageSize: "2048" });

  it("refuses a longer message, and takes one of exactly that size", async () => {
    const sqs = await sqsWith([work]);
    const MessageAttributes = { kind: { DataType: "String", StringValue: "pet" } };
    const send = (MessageBody: string) =>
      sqs.call("SendMessage", { QueueUrl: work.url, MessageBody, MessageAttributes });
    const attributeBytes = "kindStringpet".length;

    await send(`x${"é".repeat((2048 - attributeBytes - 1) / 2)}`);
    const refused = send("é".repeat((2048 - attributeBytes + 1) / 2));

    await expect(refused).rejects.toThrow(
      "One or more parameters are invalid. Reason: Message must be shorter than 2048 bytes.",
    );
    expect(await sqs.counts(work)).toEqual([1, 0]);
  });

  it("refuses the longer messages of a batch, and takes the others", async () => {
    const sqs = await sqsWith([work]);

    const response = await sqs.call("SendMessageBatch", {
      QueueUrl: work.url,
      Entries: [2048, 2049].map((size) => ({ Id: String(size), MessageBody: "x".repeat(size) })),
    });

    expect(response).toMatchObject({
      Successful: [{ Id: "2048" }],
      Failed: [
        {
          Id: "2049",
          SenderFault: true,
          Code: "InvalidParameterValue",
          Message:
            "One or more parameters are invalid. Reason: Message must be shorter than 2048 bytes.",
        },
      ],
    });
  });

  it("applies after a restart that changes it", async () => {
    const state = temporaryState();
    const before = await sqsWith([queue("work")], state);
    await before.close();

    const after = await sqsWith([work], state);

    await expect(after.send(work, "x".repeat(2049))).rejects.toThrow("shorter than 2048 bytes");
  });
});

it("refuses a batch of more than 1 MiB, and says its size", async () => {
  const work = queue("work", { MaximumMessageSize: "1048576" });
  const sqs = await sqsWith([work]);
  const batch = (...sizes: number[]) =>
    sqs.call("SendMessageBatch", {
      QueueUrl: work.url,
      Entries: sizes.map((size, index) => ({ Id: String(index), MessageBody: "x".repeat(size) })),
    });

  await batch(1_048_575, 1);
  const refused = batch(1_048_576, 1);

  await expect(refused).rejects.toThrow(
    "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
  );
  expect(await sqs.counts(work)).toEqual([2, 0]);
});

it("attributes that SQS does not take are the user's to correct", async () => {
  const state = temporaryState();
  const queues = [queue("work", { VisibilityTimeout: "43201" })];
  const started = startSqs({ state, queues });
  await expect(started).rejects.toThrow(UserError);
  await expect(started).rejects.toThrow(/^SQS refuses queue work: .*VisibilityTimeout/);
});

/** A runtime of its own that sends message after message, and works them off; every third fails. */
function worker(directory: string, queues: object[]) {
  const script = `
    import { openState } from ${source("state/state")};
    import { startSqs } from ${source("services/sqs/server")};
    import { callSqs } from ${source("services/sqs/call")};
    const queues = ${JSON.stringify(queues)};
    const QueueUrl = queues[0].url;
    const state = openState(${JSON.stringify(directory)});
    const { endpoint } = await startSqs({ state, queues });
    const first = Date.now();
    for (let n = 0; ; n++) {
      const body = String(first + n);
      await callSqs(endpoint, "SendMessage", { QueueUrl, MessageBody: body });
      console.log("sent", body);
      const input = { QueueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 };
      const { Messages = [] } = await callSqs(endpoint, "ReceiveMessage", input);
      for (const { Body, ReceiptHandle } of Messages) {
        if (Number(Body) % 3 === 0) continue;
        console.log("done", Body);
        await callSqs(endpoint, "DeleteMessage", { QueueUrl, ReceiptHandle });
      }
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

it("kill -9 loses no message, whatever was going on", async () => {
  const { work, dlq } = queueWithDlq(1);
  const { directory, close } = temporaryState();
  close();
  const sent = new Set<string>();
  const worked = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const child = worker(directory, [work, dlq]);
    const closed = once(child, "close");
    let lines = 20 + Math.floor(Math.random() * 100);
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [what, body = ""] = line.split(" ");
      (what === "sent" ? sent : worked).add(body);
      if (--lines === 0) child.kill("SIGKILL");
    });
    await closed;
  }

  const state = openState(directory);
  onTestFinished(() => state.close());
  const sqs = await sqsWith([work, dlq], state);
  const kept: string[] = [];
  for (const from of [work, dlq]) {
    for (;;) {
      const messages = await sqs.receive(from, { MaxNumberOfMessages: 10, VisibilityTimeout: 60 });
      if (messages.length === 0) break;
      kept.push(...messages.map(({ Body }) => Body));
    }
  }
  expect(sent.size).toBeGreaterThan(20);
  expect(kept.length).toBe(new Set(kept).size);
  expect([...sent].filter((body) => !worked.has(body) && !kept.includes(body))).toEqual([]);
  expect(kept.some((body) => Number(body) % 3 === 0)).toBe(true);
});

it("who goes away while waiting takes no message along", async () => {
  const work = queue("work", { VisibilityTimeout: "30" });
  const sqs = await sqsWith([work]);
  const goes = new AbortController();
  const input = { QueueUrl: work.url, WaitTimeSeconds: 20 };
  const gone = callSqs(sqs.endpoint, "ReceiveMessage", input, goes.signal);
  // Once a later request is answered, this one has been taken up.
  await sqs.counts(work);
  goes.abort();
  await expect(gone).rejects.toThrow("aborted");
  await sqs.counts(work);
  await sqs.send(work, "x");
  await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([1, 0]), eventually);
});

it("a message that is waited for comes at once", async () => {
  const work = queue("work");
  const sqs = await sqsWith([work]);
  const waiting = sqs.receive(work, { WaitTimeSeconds: 20 });
  await sqs.send(work, "x");
  expect(await waiting).toMatchObject([{ Body: "x" }]);
});

it("other services send to a queue by its ARN", async () => {
  const work = queue("work");
  const sqs = await sqsWith([work]);
  await sendToQueueAt(sqs.endpoint)(work.arn, "x", { REASON: "because" });
  expect(await sqs.receive(work)).toMatchObject([
    {
      Body: "x",
      MessageAttributes: { REASON: { DataType: "String", StringValue: "because" } },
    },
  ]);
});

it.each([
  ["SendMessage", "{", "SerializationException"],
  ["SendMessage", '{"QueueUrl":"work","MessageBody":{}}', "SerializationException"],
  ["SendMessage", '{"MessageBody":"x"}', "InvalidParameterValue"],
  ["SendMessageBatch", '{"QueueUrl":"work"}', "EmptyBatchRequest"],
  ["CreateQueue", '{"QueueName":"x"}', "InvalidAction"],
])("%s of %s is refused with %s", async (operation, body, code) => {
  const sqs = await sqsWith([queue("work")]);
  const answer = await fetch(sqs.endpoint, {
    method: "POST",
    headers: { "x-amz-target": `AmazonSQS.${operation}` },
    body,
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ __type: `com.amazonaws.sqs#${code}` });
});

it("close ends open connections, and whoever waits", async () => {
  const work = queue("work");
  const sqs = await sqsWith([work]);
  const idle = request(sqs.endpoint, { method: "POST" });
  idle.flushHeaders();
  const ended = once(idle, "error");
  const waiting = sqs.receive(work, { WaitTimeSeconds: 20 });
  const cut = expect(waiting).rejects.toThrow();
  await once(idle, "socket");
  await sleep(0);
  await sqs.close();
  await Promise.all([ended, cut]);
});
