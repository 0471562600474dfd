import { createHash } from "node:crypto";
import { type StreamRecord, toPetChange } from "@petstore/core/events/pet-change";
import { toPetEvent } from "@petstore/core/events/pet-event";
import { toMail } from "@petstore/core/mail/mail";
import { loadGraph } from "@petstore/offline/graph/load";
import {
  getRecords,
  latestStream,
  listShards,
  shardIterator,
} from "@petstore/offline/services/dynamodb/stream/client";
import { toEventRecord } from "@petstore/offline/services/dynamodb/stream/event";
import { projectRoot } from "./offline.ts";
import { resourcesOf } from "./resources.ts";

/** Returns the key under which Powertools stores that the mail of an event was sent. */
const keyOf = (eventId: string) =>
  `mailed#${createHash("md5").update(JSON.stringify(eventId)).digest("base64")}`;

/**
 * Returns the keys of the records of sent mails, by `<address>: <subject>`, for every mail that the
 * table's stream requires.
 */
export async function mailRecords(engine: string): Promise<Map<string, string>> {
  const [table] = resourcesOf(loadGraph("offline", projectRoot)).tables;
  if (!table) throw new Error("The app has no table");
  const stream = await latestStream(engine, table);
  const keys = new Map<string, string>();
  for (const { ShardId: shardId } of await listShards(stream)) {
    let iterator: string | undefined = await shardIterator(stream, shardId, undefined);
    while (iterator) {
      const page: Awaited<ReturnType<typeof getRecords>> = await getRecords(stream, iterator);
      for (const record of page.records) {
        const event = toEventRecord(record, table.arn, { streamArn: stream.arn, shardId });
        const change = toPetChange(event as unknown as StreamRecord);
        const mail = change && toMail(toPetEvent(change));
        if (mail) keys.set(`${mail.to}: ${mail.subject}`, keyOf(event.eventID));
      }
      iterator = page.records.length > 0 ? page.next : undefined;
    }
  }
  return keys;
}
