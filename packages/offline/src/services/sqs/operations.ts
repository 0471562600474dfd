import * as z from "zod";
import type { Fauxqs, FauxqsAction } from "./fauxqs.ts";

/** Of the request, besides its body. */
export interface Context {
  /** `Host` header. */
  host: string;
  /** `X-Amzn-Trace-Id` header. */
  traceHeader: string | undefined;
  /** Whether the caller no longer waits for the answer. */
  isGone: () => boolean;
}

/** Answers one operation of the SQS API. Rejects with a `ZodError` or a `FauxqsError`. */
export type Operation = (body: unknown, context: Context) => Promise<object>;

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const Attributes = z.record(z.string(), Attribute);

/** A message that is sent, alone or as an entry of a batch. */
const Outgoing = z.looseObject({
  MessageBody: z.string().optional(),
  MessageAttributes: Attributes.default({}),
  MessageSystemAttributes: Attributes.default({}),
});
type Outgoing = z.infer<typeof Outgoing>;

const OutgoingBatch = z.looseObject({
  Entries: z.array(Outgoing.extend({ Id: z.string(), MessageBody: z.string() })).default([]),
});

const Receive = z.looseObject({
  QueueUrl: z.string().optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});

interface Received {
  ReceiptHandle: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: z.infer<typeof Attributes>;
}

/** Operations that fauxqs does right. */
const AS_THEY_ARE = [
  "ChangeMessageVisibility",
  "ChangeMessageVisibilityBatch",
  "DeleteMessage",
  "DeleteMessageBatch",
  "GetQueueAttributes",
  "PurgeQueue",
  "SetQueueAttributes",
];

/** Where a message's trace header is kept. No user's attribute may begin with `AWS.`. */
export const TRACE = "AWS.TraceHeader";

/**
 * The operations of SQS, by name. Those that set queues up are left out: the graph does that.
 *
 * fauxqs is corrected where it matters: messages keep their trace header, queue URLs lead to where
 * the caller asked, and callers that go away while they wait for messages take none with them.
 */
export async function sqsOperations(fauxqs: Fauxqs): Promise<Map<string, Operation>> {
  const { store, md5OfMessageAttributes, calculateMessageSize, SqsError, QueueDoesNotExistError } =
    fauxqs;
  const [sendMessage, sendMessageBatch, receiveMessage, listQueues] = (await Promise.all(
    ["sendMessage", "sendMessageBatch", "receiveMessage", "listQueues"].map(fauxqs.action),
  )) as [FauxqsAction, FauxqsAction, FauxqsAction, FauxqsAction];

  /** SDKs send a message to the host of its queue's URL. */
  const urlAt = (host: string, url: string) => `http://${host}${new URL(url).pathname}`;

  /** The digests that SDKs compare with what they sent, so of nothing that is kept besides. */
  const digests = (sent: Outgoing) => ({
    MD5OfMessageAttributes: md5OfMessageAttributes(sent.MessageAttributes) || undefined,
    MD5OfMessageSystemAttributes: md5OfMessageAttributes(sent.MessageSystemAttributes) || undefined,
  });

  /** Adds to the error of a batch that is too long how long it is, as AWS does. */
  const withBatchSize = (
    entries: z.infer<typeof OutgoingBatch>["Entries"],
    send: () => unknown,
  ) => {
    try {
      return send();
    } catch (error) {
      if (!(error instanceof SqsError && error.code === "BatchRequestTooLong")) throw error;
      const sizes = entries.map(({ MessageBody, MessageAttributes }) =>
        calculateMessageSize(MessageBody, MessageAttributes),
      );
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      throw new SqsError(error.code, `${error.message} You have sent ${bytes} bytes.`);
    }
  };

  const given = (message: Received, withTrace: boolean) => {
    const { [TRACE]: trace, ...attributes } = message.MessageAttributes ?? {};
    const { MessageAttributes: _, ...rest } = message;
    const digest = md5OfMessageAttributes(attributes);
    return {
      ...rest,
      ...(trace &&
        withTrace && { Attributes: { ...message.Attributes, AWSTraceHeader: trace.StringValue } }),
      MessageAttributes: digest ? attributes : undefined,
      MD5OfMessageAttributes: digest || undefined,
    };
  };

  const operations: Record<string, Operation> = {
    async SendMessage(body, { traceHeader }) {
      const sent = Outgoing.parse(body);
      return { ...(sendMessage(keepTrace(sent, traceHeader), store) as object), ...digests(sent) };
    },

    async SendMessageBatch(body, { traceHeader }) {
      const batch = OutgoingBatch.parse(body);
      const sent = new Map(batch.Entries.map((entry) => [entry.Id, entry]));
      const Entries = batch.Entries.map((entry) => keepTrace(entry, traceHeader));
      const answer = withBatchSize(batch.Entries, () =>
        sendMessageBatch({ ...batch, Entries }, store),
      ) as { Successful: { Id: string }[] };
      const Successful = answer.Successful.map((entry) => ({
        ...entry,
        ...digests(sent.get(entry.Id) as Outgoing),
      }));
      return { ...answer, Successful };
    },

    async ReceiveMessage(body, { isGone }) {
      const wanted = Receive.parse(body);
      const MessageAttributeNames = [...wanted.MessageAttributeNames, TRACE];
      const answer = await receiveMessage({ ...wanted, MessageAttributeNames }, store);
      const messages = (answer as { Messages?: Received[] }).Messages ?? [];
      if (isGone()) {
        const queue = store.getQueue(wanted.QueueUrl as string);
        for (const { ReceiptHandle } of messages) queue?.changeVisibility(ReceiptHandle, 0);
        return {};
      }
      const names = [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames];
      const withTrace = names.includes("All") || names.includes("AWSTraceHeader");
      return messages.length
        ? { Messages: messages.map((message) => given(message, withTrace)) }
        : {};
    },

    async GetQueueUrl(body, { host }) {
      const queue = store.getQueueByName(z.object({ QueueName: z.string() }).parse(body).QueueName);
      if (!queue) throw new QueueDoesNotExistError();
      return { QueueUrl: urlAt(host, queue.url) };
    },

    async ListQueues(body, { host }) {
      const answer = listQueues(z.looseObject({}).parse(body), store) as { QueueUrls: string[] };
      return { ...answer, QueueUrls: answer.QueueUrls.map((url) => urlAt(host, url)) };
    },
  };

  for (const name of AS_THEY_ARE) {
    const action = await fauxqs.action(`${name[0]?.toLowerCase()}${name.slice(1)}`);
    operations[name] = async (body) => action(z.looseObject({}).parse(body), store) as object;
  }
  return new Map(Object.entries(operations));
}

/**
 * The trace header comes as a system attribute of the message or, else, with the request. It is
 * kept as a message attribute, so it goes wherever the message goes.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 */
function keepTrace(message: Outgoing, traceHeader: string | undefined): Outgoing {
  const trace = message.MessageSystemAttributes.AWSTraceHeader?.StringValue ?? traceHeader;
  if (trace === undefined) return message;
  const attribute = { DataType: "String", StringValue: trace };
  return { ...message, MessageAttributes: { ...message.MessageAttributes, [TRACE]: attribute } };
}
