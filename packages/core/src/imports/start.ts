import { randomUUID } from "node:crypto";
import { Resource } from "sst";
import { deriveId, sha256 } from "../derived-id.ts";
import { Problem } from "../problems/problem.ts";
import { type Message, sendMessages } from "../queue/send.ts";
import { annotateTrace, currentTraceContext } from "../telemetry.ts";
import { planChunks, splitIntoChunks, toChunkBody, toJson } from "./chunks.ts";
import type { Import } from "./import.ts";
import {
  expiryFrom,
  ImportItem,
  importKey,
  insertImportItem,
  putImportItem,
  readChunkResults,
  toImport,
} from "./import-items.ts";
import type { SerializedRow } from "./rows.ts";

/**
 * Accepts an import: stores it, then queues its chunks. When it returns, both are done. A crash in
 * between leaves an import without a response, and a repeat with the same idempotency key completes
 * it (docs/adr/0013-imports.md gives the reasons for this order).
 *
 * @returns the import in its current state, and whether an earlier request created it
 * @throws Problem `idempotency-key-reused` when the key was used with other rows, `try-again` when
 * the queue does not accept all chunks
 */
export async function startImport(
  rows: SerializedRow[],
  { ownerId, idempotencyKey }: { ownerId: string; idempotencyKey?: string | undefined },
): Promise<{ import: Import; isReplayed: boolean }> {
  const now = new Date();
  const item: ImportItem = {
    id: idempotencyKey ? deriveId("import", ownerId, idempotencyKey) : randomUUID(),
    ownerId,
    createdAt: now.toISOString(),
    chunks: planChunks(rows),
    requestHash: sha256(toJson(rows)).toString("base64url"),
    expiresAt: expiryFrom(now),
  };

  annotateTrace({ importId: item.id, ownerId });
  const conflict = await insertImportItem({ ...item, ...importKey(item.id) });
  const first = conflict ? ImportItem.parse(conflict.existing) : item;
  if (first.requestHash !== item.requestHash) {
    throw new Problem(
      "idempotency-key-reused",
      "This Idempotency-Key was used with other rows before; choose a new key for a new import.",
    );
  }
  if (!first.sent) {
    await sendMessages(Resource.SendChunks.url, toMessages(first, rows));
    // Without a key there are no repeats.
    if (idempotencyKey) await putImportItem({ ...first, ...importKey(first.id), sent: true });
  }
  const results = conflict ? await readChunkResults(first.id) : [];
  return { import: toImport(first, results), isReplayed: conflict !== undefined };
}

function toMessages({ id, ownerId, chunks }: ImportItem, rows: SerializedRow[]): Message[] {
  const traceContext = currentTraceContext();
  return splitIntoChunks(rows, chunks).map((rows, chunk) => ({
    body: toChunkBody({ importId: id, ownerId, chunk }, rows),
    traceContext,
  }));
}
