import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { AwsCall } from "@petstore/offline/runtime/history/records";
import { withLocalUrls } from "@petstore/offline/runtime/local-urls";
import { createSqsApi, queueUrlsAt } from "@petstore/offline/services/sqs/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startEndpointWith } from "../runtime/harness.ts";
import { queue, queueWithDlq, sqsWith } from "./poller-harness.ts";

const trace = (root: string) => `Root=1-5759e988-${root.padEnd(24, "0")};Sampled=1`;
const work = queue("work");

/** Starts SQS behind an endpoint, and an SDK client that knows only `AWS_ENDPOINT_URL`. */
async function startService(queues = [work]) {
  const sqs = await sqsWith(queues);
  const calls: AwsCall[] = [];
  const endpoint = await startEndpointWith([createSqsApi(sqs.endpoint)], {
    callers: ["Send"],
    onCall: (call) => calls.push(call),
  });
  onTestFinished(() => endpoint.close());
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const client = new SQSClient({
    region: "eu-west-1",
    credentials: endpoint.credentials("Send"),
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  const { QUEUE = "" } = withLocalUrls(queueUrlsAt(endpoint.url, queues), { QUEUE: work.url });
  return { sqs, client, calls, endpoint, QueueUrl: QUEUE };
}

const receive = (QueueUrl: string) =>
  new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });

describe("SQS behind the endpoint", () => {
  it("delivers a function's messages to the queue that its environment names", async () => {
    const { sqs, client, calls, QueueUrl } = await startService();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
    expect(await sqs.receive(work)).toMatchObject([{ Body: "hello" }]);
    expect(calls).toMatchObject([
      {
        functionName: "Send",
        service: "sqs",
        operation: "SendMessage",
        resource: "work",
        status: 200,
      },
    ]);
  });

  it("rewrites only the queue URLs in an environment", () => {
    const environment = {
      SST_RESOURCE_Queue: JSON.stringify({ url: work.url, type: "sst.aws.Queue" }),
      TABLE: "pets",
    };
    expect(withLocalUrls(queueUrlsAt("http://127.0.0.1:1234", [work]), environment)).toEqual({
      SST_RESOURCE_Queue:
        '{"url":"http://127.0.0.1:1234/123456789012/work","type":"sst.aws.Queue"}',
    });
  });

  it("returns queue URLs with the endpoint's host, and the graph's ARNs", async () => {
    const { client, endpoint } = await startService();
    const url = `${endpoint.url}/123456789012/work`;
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "work" }));
    expect(QueueUrl).toBe(url);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toEqual([url]);
    const get = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
    expect((await client.send(get)).Attributes).toEqual({ QueueArn: work.arn });
  });

  it("responds like AWS to an unknown queue", async () => {
    const { client, endpoint } = await startService();
    const QueueUrl = `${endpoint.url}/123456789012/other`;
    const refused = { name: "QueueDoesNotExist", $metadata: { httpStatusCode: 400 } };
    const send = new SendMessageCommand({ QueueUrl, MessageBody: "x" });
    await expect(client.send(send)).rejects.toMatchObject(refused);
    const get = new GetQueueUrlCommand({ QueueName: "other" });
    await expect(client.send(get)).rejects.toMatchObject(refused);
  });

  it("gives messages without a trace header that of the request", async () => {
    const { client, QueueUrl } = await startService();
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["X-Amzn-Trace-Id"] =
          trace("a");
        return next(args);
      },
      { step: "build" },
    );
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "1", MessageBody: "request's" },
          {
            Id: "2",
            MessageBody: "own",
            MessageSystemAttributes: {
              AWSTraceHeader: { DataType: "String", StringValue: trace("b") },
            },
          },
        ],
      }),
    );
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "single" }));
    const { Messages } = await client.send(receive(QueueUrl));
    expect(Messages?.map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader])).toEqual([
      ["request's", trace("a")],
      ["own", trace("b")],
      ["single", trace("a")],
    ]);
    for (const message of Messages ?? []) {
      expect(message).not.toHaveProperty("MessageAttributes");
      expect(message).not.toHaveProperty("MD5OfMessageAttributes");
    }
  });

  it("returns digests of what was sent, with and without a trace header", async () => {
    const { client, QueueUrl } = await startService();
    const MessageAttributes = { kind: { DataType: "String", StringValue: "pet" } };
    const plain = { QueueUrl, MessageBody: "x", MessageAttributes };
    const traced = {
      ...plain,
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace("a") } },
    } as const;
    const digests = [];
    for (const input of [plain, traced]) {
      const response = await client.send(new SendMessageCommand(input));
      digests.push(response.MD5OfMessageAttributes);
      const entry = { Id: "1", ...input };
      const batch = new SendMessageBatchCommand({ QueueUrl, Entries: [entry] });
      digests.push((await client.send(batch)).Successful?.[0]?.MD5OfMessageAttributes);
    }
    const { Messages } = await client.send(receive(QueueUrl));
    digests.push(...(Messages ?? []).map((message) => message.MD5OfMessageAttributes));
    expect(digests).toHaveLength(8);
    expect(new Set(digests)).toEqual(new Set(["28232128727db39c592b416d72aea3f5"]));
    expect(Messages?.[1]?.MessageAttributes).toEqual(MessageAttributes);
  });

  it("returns the attributes that a receiver requests", async () => {
    const { client, QueueUrl } = await startService();
    const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "x",
        MessageAttributes: { a: attribute("1"), b: attribute("2") },
        MessageSystemAttributes: { AWSTraceHeader: attribute(trace("a")) },
      } as ConstructorParameters<typeof SendMessageCommand>[0]),
    );
    const attributesOf = async (input: object) => {
      const command = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, ...input });
      const { Messages } = await client.send(command);
      return [Messages?.[0]?.MessageAttributes, Messages?.[0]?.Attributes];
    };
    expect(await attributesOf({})).toEqual([undefined, undefined]);
    expect(await attributesOf({ MessageAttributeNames: ["b"] })).toEqual([
      { b: attribute("2") },
      undefined,
    ]);
    expect(await attributesOf({ AttributeNames: ["AWSTraceHeader"] })).toEqual([
      undefined,
      { AWSTraceHeader: trace("a") },
    ]);
  });

  it("preserves attributes and trace header in the dead-letter queue", async () => {
    const { work, dlq } = queueWithDlq(1);
    const { sqs, client, QueueUrl } = await startService([work, dlq]);
    const MessageAttributes = { kind: { DataType: "String", StringValue: "pet" } };
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "x",
        MessageAttributes,
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: "String", StringValue: trace("a") },
        },
      }),
    );
    for (let receives = 0; receives < 2; receives++) {
      await sqs.receive(work, { VisibilityTimeout: 0 });
    }
    const [dead] = await sqs.receive(dlq);
    expect(dead).toMatchObject({
      MessageAttributes,
      MD5OfMessageAttributes: "28232128727db39c592b416d72aea3f5",
      Attributes: { AWSTraceHeader: trace("a"), ApproximateReceiveCount: "2" },
    });
  });

  it("makes a message visible again when its visibility timeout is set to 0", async () => {
    const { sqs, client, QueueUrl } = await startService();
    await sqs.send(work, "x");
    const [message] = await sqs.receive(work);
    const ReceiptHandle = message?.ReceiptHandle;
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [again] = await sqs.receive(work);
    expect(again?.MessageId).toBe(message?.MessageId);
  });
});
