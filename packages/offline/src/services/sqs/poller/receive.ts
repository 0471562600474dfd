import type { EventSourceMapping } from "../../../runtime/event-source.ts";
import type { Message } from "./event.ts";

/** `ReceiveMessage`'s own limits. */
const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;

/**
 * Collects a batch: it is complete with `batchSize` messages, or when the batching window has run
 * out since the first message came. Resolves to none when none came for a while.
 *
 * @param receive `ReceiveMessage` with `MaxNumberOfMessages` and `WaitTimeSeconds`
 */
export async function receiveBatch(
  { batchSize, batchingWindowSeconds }: EventSourceMapping,
  receive: (most: number, waitSeconds: number) => Promise<Message[]>,
): Promise<Message[]> {
  const batch = await receive(Math.min(batchSize, MAX_MESSAGES), MAX_WAIT_SECONDS);
  const end = Date.now() + batchingWindowSeconds * 1000;
  while (batch.length > 0 && batch.length < batchSize) {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) break;
    const most = Math.min(batchSize - batch.length, MAX_MESSAGES);
    batch.push(...(await receive(most, Math.min(left, MAX_WAIT_SECONDS))));
  }
  return batch;
}
