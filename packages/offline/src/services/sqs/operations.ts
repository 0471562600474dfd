import * as z from "zod";
import type { Fauxqs, FauxqsAction } from "./fauxqs.ts";

/** The parts of a request besides its body. */
export interface RequestContext {
  /** `Host` header. */
  host: string;
  /** `X-Amzn-Trace-Id` header. */
  traceHeader: string | undefined;
  /** Whether the caller closed the connection. */
  isDisconnected: () => boolean;
}

/**
 * Runs one operation of the SQS API.
 *
 * @throws {ZodError | FauxqsError} The input is not valid.
 */
export type Operation = (body: unknown, context: RequestContext) => Promise<object>;

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const Attributes = z.record(z.string(), Attribute);

/** The input of `SendMessage`, and an entry of `SendMessageBatch`. */
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

/** Operations that fauxqs implements correctly. */
const UNCHANGED_OPERATIONS = [
  "ChangeMessageVisibility",
  "ChangeMessageVisibilityBatch",
  "DeleteMessage",
  "DeleteMessageBatch",
  "GetQueueAttributes",
  "PurgeQueue",
  "SetQueueAttributes",
];

/** The message attribute that stores the trace header. SQS reserves names beginning with `AWS.`. */
export const TRACE = "AWS.TraceHeader";

/**
 * Loads the operations of SQS, by name, except those that create and delete queues, which the graph
 * declares.
 *
 * They correct fauxqs: messages retain their trace header, queue URLs have the host of the request,
 * and a caller that disconnects during a long poll receives no messages.
 */
export async function sqsOperations(fauxqs: Fauxqs): Promise<Map<string, Operation>> {
  const { store, md5OfMessageAttributes, calculateMessageSize, SqsError, QueueDoesNotExistError } =
    fauxqs;
  const [sendMessage, sendMessageBatch, receiveMessage, listQueues] = (await Promise.all(
    ["sendMessage", "sendMessageBatch", "receiveMessage", "listQueues"].map(fauxqs.action),
  )) as [FauxqsAction, FauxqsAction, FauxqsAction, FauxqsAction];

  /** Returns a queue's URL with the caller's host, to which SDKs send messages. */
  const urlAt = (host: string, url: string) => `http://${host}${new URL(url).pathname}`;

  /** Returns the digests that SDKs compare with their own, so without the trace attribute. */
  const digests = (sent: Outgoing) => ({
    MD5OfMessageAttributes: md5OfMessageAttributes(sent.MessageAttributes) || undefined,
    MD5OfMessageSystemAttributes: md5OfMessageAttributes(sent.MessageSystemAttributes) || undefined,
  });

  /** Adds the size of the batch to the error `BatchRequestTooLong`, as AWS does. */
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

  const toResponseMessage = (message: Received, withTrace: boolean) => {
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
      return {
        ...(sendMessage(storeTraceHeader(sent, traceHeader), store) as object),
        ...digests(sent),
      };
    },

    async SendMessageBatch(body, { traceHeader }) {
      const batch = OutgoingBatch.parse(body);
      const sent = new Map(batch.Entries.map((entry) => [entry.Id, entry]));
      const Entries = batch.Entries.map((entry) => storeTraceHeader(entry, traceHeader));
      const output = withBatchSize(batch.Entries, () =>
        sendMessageBatch({ ...batch, Entries }, store),
      ) as { Successful: { Id: string }[] };
      const Successful = output.Successful.map((entry) => ({
        ...entry,
        ...digests(sent.get(entry.Id) as Outgoing),
      }));
      return { ...output, Successful };
    },

    async ReceiveMessage(body, { isDisconnected }) {
      const wanted = Receive.parse(body);
      const MessageAttributeNames = [...wanted.MessageAttributeNames, TRACE];
      const output = await receiveMessage({ ...wanted, MessageAttributeNames }, store);
      const messages = (output as { Messages?: Received[] }).Messages ?? [];
      if (isDisconnected()) {
        const queue = store.getQueue(wanted.QueueUrl as string);
        for (const { ReceiptHandle } of messages) queue?.changeVisibility(ReceiptHandle, 0);
        return {};
      }
      const names = [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames];
      const withTrace = names.includes("All") || names.includes("AWSTraceHeader");
      return messages.length
        ? { Messages: messages.map((message) => toResponseMessage(message, withTrace)) }
        : {};
    },

    async GetQueueUrl(body, { host }) {
      const queue = store.getQueueByName(z.object({ QueueName: z.string() }).parse(body).QueueName);
      if (!queue) throw new QueueDoesNotExistError();
      return { QueueUrl: urlAt(host, queue.url) };
    },

    async ListQueues(body, { host }) {
      const output = listQueues(z.looseObject({}).parse(body), store) as { QueueUrls: string[] };
      return { ...output, QueueUrls: output.QueueUrls.map((url) => urlAt(host, url)) };
    },
  };

  for (const name of UNCHANGED_OPERATIONS) {
    const action = await fauxqs.action(`${name[0]?.toLowerCase()}${name.slice(1)}`);
    operations[name] = async (body) => action(z.looseObject({}).parse(body), store) as object;
  }
  return new Map(Object.entries(operations));
}

/**
 * Stores the trace header as a message attribute, which fauxqs does not drop. The header is a system
 * attribute of the message, or else a header of the request.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 */
function storeTraceHeader(message: Outgoing, traceHeader: string | undefined): Outgoing {
  const trace = message.MessageSystemAttributes.AWSTraceHeader?.StringValue ?? traceHeader;
  if (trace === undefined) return message;
  const attribute = { DataType: "String", StringValue: trace };
  return { ...message, MessageAttributes: { ...message.MessageAttributes, [TRACE]: attribute } };
}
