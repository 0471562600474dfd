import { jsonResponse } from "@petstore/offline/runtime/endpoint/response";
import { callSqs } from "@petstore/offline/services/sqs/call";
import type { Sqs } from "@petstore/offline/services/sqs/server";
import * as z from "zod";
import { type Passing, startProxy } from "./proxy.ts";

const Received = z.object({
  Messages: z.array(z.object({ MessageId: z.string(), ReceiptHandle: z.string() })).default([]),
});
const Deleted = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })),
});

/**
 * Starts SQS so that it delivers messages twice: the first deletion of a message makes it visible
 * instead, as if its visibility timeout had ended just before.
 */
export function deliverTwice() {
  const deliveries = new Map<string, number>();
  const messages = new Map<string, string>();
  const control = {
    on: false,
    /** Messages are delivered again after this has resolved. */
    held: Promise.resolve(),
    deliveries,
    /** SQS with a proxy that repeats deliveries. */
    async before(sqs: Sqs): Promise<Sqs> {
      const proxy = await startProxy(
        () => sqs.endpoint,
        (passing) => handle(sqs.endpoint, passing),
      );
      const close = async () => {
        await proxy[Symbol.asyncDispose]();
        await sqs.close();
      };
      return { ...sqs, endpoint: proxy.url, close };
    },
  };

  async function handle(endpoint: string, { operation, body, pass }: Passing) {
    if (operation === "ReceiveMessage") {
      const answer = await pass();
      for (const message of Received.parse(JSON.parse(answer.body.toString())).Messages) {
        const { MessageId, ReceiptHandle } = message;
        messages.set(ReceiptHandle, MessageId);
        deliveries.set(MessageId, (deliveries.get(MessageId) ?? 0) + 1);
      }
      return answer;
    }
    if (operation !== "DeleteMessageBatch" || !control.on) return pass();
    const { QueueUrl, Entries } = Deleted.parse(JSON.parse(body));
    const isFirst = ({ ReceiptHandle }: (typeof Entries)[number]) =>
      deliveries.get(messages.get(ReceiptHandle) as string) === 1;
    const { true: first = [], false: second = [] } = Object.groupBy(Entries, (entry) =>
      isFirst(entry) ? "true" : "false",
    );
    await control.held;
    const again = first.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    const change = { QueueUrl, Entries: again };
    if (first.length > 0) await callSqs(endpoint, "ChangeMessageVisibilityBatch", change);
    if (second.length > 0) {
      await callSqs(endpoint, "DeleteMessageBatch", { QueueUrl, Entries: second });
    }
    return jsonResponse(200, JSON.stringify({ Successful: Entries.map(({ Id }) => ({ Id })) }));
  }
  return control;
}
