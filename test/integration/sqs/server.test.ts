import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { callSqs, sendToQueueAt } from "@petstore/offline/services/sqs/call";
import { startSqs } from "@petstore/offline/services/sqs/server";
import { openState } from "@petstore/offline/state/state";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { done, pollerOf, queue, queueWithDlq, sqsWith, temporaryState } from "./poller-harness.ts";

const eventually = { timeout: 10_000, interval: 20 };
const source = (module: string) =>
  JSON.stringify(import.meta.resolve(`@petstore/offline/${module}`));

describe("SQS", () => {
  it("makes messages that were in flight before a restart visible after their visibility timeout", async () => {
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

  it("updates queue attributes at a restart, and preserves the messages", async () => {
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

  it("accepts all characters of XML in a message, including emoji", async () => {
    const work = queue("work");
    const sqs = await sqsWith([work], temporaryState());
    await sqs.send(work, "🐶 \t\ue000\ufffd");
    expect((await sqs.receive(work, {})).map(({ Body }) => Body)).toEqual(["🐶 \t\ue000\ufffd"]);
    await expect(sqs.send(work, "\uffff")).rejects.toThrow("Invalid characters");
  });

  describe("a queue's maximum message size", () => {
    const work = queue("work", { MaximumMessageSize: "2048" });

    it("rejects a longer message, and accepts one of exactly that size", async () => {
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

    it("rejects the longer messages of a batch, and accepts the others", async () => {
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

    it("applies after a restart with another value", async () => {
      const state = temporaryState();
      const before = await sqsWith([queue("work")], state);
      await before.close();

      const after = await sqsWith([work], state);

      await expect(after.send(work, "x".repeat(2049))).rejects.toThrow("shorter than 2048 bytes");
    });
  });

  it("rejects a batch of more than 1 MiB, and reports its size", async () => {
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

  it("throws a UserError for invalid queue attributes", async () => {
    const state = temporaryState();
    const queues = [queue("work", { VisibilityTimeout: "43201" })];
    const started = startSqs({ state, queues });
    await expect(started).rejects.toThrow(UserError);
    await expect(started).rejects.toThrow(/^SQS refuses queue work: .*VisibilityTimeout/);
  });

  /** Starts a process that sends messages and processes them; every third one fails. */
  function startWorker(directory: string, queues: object[]) {
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

  it("loses no message on kill -9", async () => {
    const { work, dlq } = queueWithDlq(1);
    const { directory, close } = temporaryState();
    close();
    const sent = new Set<string>();
    const processed = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const child = startWorker(directory, [work, dlq]);
      const closed = once(child, "close");
      let lines = 20 + Math.floor(Math.random() * 100);
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [what, body = ""] = line.split(" ");
        (what === "sent" ? sent : processed).add(body);
        if (--lines === 0) child.kill("SIGKILL");
      });
      await closed;
    }

    const state = openState(directory);
    onTestFinished(() => state.close());
    const sqs = await sqsWith([work, dlq], state);
    const remaining: string[] = [];
    for (const from of [work, dlq]) {
      for (;;) {
        const messages = await sqs.receive(from, {
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 60,
        });
        if (messages.length === 0) break;
        remaining.push(...messages.map(({ Body }) => Body));
      }
    }
    expect(sent.size).toBeGreaterThan(20);
    expect(remaining.length).toBe(new Set(remaining).size);
    expect([...sent].filter((body) => !processed.has(body) && !remaining.includes(body))).toEqual(
      [],
    );
    expect(remaining.some((body) => Number(body) % 3 === 0)).toBe(true);
  });

  it("delivers no message to a caller that disconnected during a long poll", async () => {
    const work = queue("work", { VisibilityTimeout: "30" });
    const sqs = await sqsWith([work]);
    const abort = new AbortController();
    const input = { QueueUrl: work.url, WaitTimeSeconds: 20 };
    const polling = callSqs(sqs.endpoint, "ReceiveMessage", input, abort.signal);
    // A response to a later request shows that SQS has received this one.
    await sqs.counts(work);
    abort.abort();
    await expect(polling).rejects.toThrow("aborted");
    await sqs.counts(work);
    await sqs.send(work, "x");
    await vi.waitFor(async () => expect(await sqs.counts(work)).toEqual([1, 0]), eventually);
  });

  it("ends a long poll when a message arrives", async () => {
    const work = queue("work");
    const sqs = await sqsWith([work]);
    const waiting = sqs.receive(work, { WaitTimeSeconds: 20 });
    await sqs.send(work, "x");
    expect(await waiting).toMatchObject([{ Body: "x" }]);
  });

  it("sends messages of other services by the queue's ARN", async () => {
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
  ])("rejects %s of %s with %s", async (operation, body, code) => {
    const sqs = await sqsWith([queue("work")]);
    const response = await fetch(sqs.endpoint, {
      method: "POST",
      headers: { "x-amz-target": `AmazonSQS.${operation}` },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: `com.amazonaws.sqs#${code}` });
  });

  it("closes open connections and long polls", async () => {
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
});
