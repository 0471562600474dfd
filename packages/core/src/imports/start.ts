import { randomUUID } from "node:crypto";
import { Resource } from "sst";
import { derivedId, sha256 } from "../derived-id.ts";
import { Problem } from "../problems/problem.ts";
import { type Message, send } from "../queue/send.ts";
import { annotate, cause } from "../telemetry.ts";
import { cut, split } from "./chunks.ts";
import type { Import } from "./import.ts";
import type { Chunk } from "./import-chunk.ts";
import {
  chunkResults,
  expiryFrom,
  type ImportRecord,
  keyOf,
  put,
  putNew,
  toImport,
} from "./import-items.ts";
import type { Row } from "./rows.ts";

/**
 * Accepts an import: stores it, then queues its chunks. Whoever gets an answer knows that both are
 * done; what a crash in between leaves was never answered, and a repeat with the same idempotency key
 * finishes it (packages/core/README.md says why in this order).
 *
 * @returns the import as it is by now, and whether it was there before
 * @throws Problem `idempotency-key-reused` when the key came with other rows before, `try-again` when
 * the queue does not take it all
 */
export async function start(
  rows: Row[],
  { ownerId, idempotencyKey }: { ownerId: string; idempotencyKey?: string | undefined },
): Promise<{ import: Import; replayed: boolean }> {
  const now = new Date();
  const record: ImportRecord = {
    id: idempotencyKey ? derivedId("import", ownerId, idempotencyKey) : randomUUID(),
    ownerId,
    createdAt: now.toISOString(),
    chunks: split(rows),
    requestHash: sha256(JSON.stringify(rows)).toString("base64url"),
    expiresAt: expiryFrom(now),
  };

  annotate({ importId: record.id, ownerId });
  const conflict = await putNew<ImportRecord>({ ...record, ...keyOf(record.id) });
  const first = conflict?.existing ?? record;
  if (first.requestHash !== record.requestHash) {
    throw new Problem(
      "idempotency-key-reused",
      "This Idempotency-Key was used with other rows before; choose a new key for a new import.",
    );
  }
  if (!first.sent) {
    await send(Resource.SendChunks.url, messagesOf(first, rows));
    // Without a key the import is never met again.
    if (idempotencyKey) await put({ ...first, ...keyOf(first.id), sent: true });
  }
  const results = conflict ? await chunkResults(first.id) : [];
  return { import: toImport(first, results), replayed: conflict !== undefined };
}

function messagesOf({ id, ownerId, chunks }: ImportRecord, rows: Row[]): Message[] {
  const message = (content: Chunk) => ({ content, cause: cause() });
  return cut(rows, chunks).map((rows, chunk) => message({ importId: id, ownerId, chunk, rows }));
}
