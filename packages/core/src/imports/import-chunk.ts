import { forEachInParallel, Pace } from "../concurrency.ts";
import { deriveId } from "../derived-id.ts";
import { insertPet, toStoredPet } from "../pets/create.ts";
import { NewPet } from "../pets/pet-input.ts";
import { summaryOf } from "../problems/issues.ts";
import { annotateTrace } from "../telemetry.ts";
import type { Chunk } from "./chunks.ts";
import type { RowError } from "./import.ts";
import {
  type ChunkResult,
  chunkKey,
  errorKey,
  expiryFrom,
  insertImportItem,
  putImportItem,
  readImportItem,
} from "./import-items.ts";
import type { Row } from "./rows.ts";

/** Rows of one chunk that are written at the same time. */
const ROWS_AT_A_TIME = 10;

/**
 * Write units per second that one worker consumes in each list. All workers of a stage and its API
 * together stay below what the lists accept (docs/aws.md, "Write ceilings"), so that an import does
 * not throttle the API's writes.
 */
export const UNITS_PER_SECOND = 100;

/** Bytes of a pet's item that do not come from its row: keys, ids, timestamps, trace context. */
const ITEM_BYTES = 750;

const pace = new Pace();

/**
 * Returns the write units of a row in each list: one for each started KB
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html).
 */
const unitsOf = (row: Row): number =>
  Math.ceil((ITEM_BYTES + Buffer.byteLength(JSON.stringify(row))) / 1024);

/**
 * Imports a chunk once, however often it is delivered. Every row becomes one item, a pet or a row
 * error, with a key that is derived from import and row, so the work can stop anywhere and start
 * over. The result is written last; from then on the chunk's pets are not written again.
 *
 * @returns nothing when an earlier delivery completed it
 */
export async function importChunk(chunk: Chunk): Promise<ChunkResult | undefined> {
  annotateTrace({ importId: chunk.importId, ownerId: chunk.ownerId });
  const resultKey = chunkKey(chunk.importId, chunk.chunk);
  if (await readImportItem(resultKey)) return undefined;

  const expiresAt = expiryFrom(new Date());
  let failed = 0;
  await forEachInParallel(chunk.rows, ROWS_AT_A_TIME, async (row) => {
    await pace.waitForTurn((unitsOf(row) * 1000) / UNITS_PER_SECOND);
    const error = await importRow(chunk, row);
    if (error) {
      failed += 1;
      await putImportItem({ ...errorKey(chunk.importId, row.row), ...error, expiresAt });
    }
  });

  const completedAt = new Date().toISOString();
  const result = { imported: chunk.rows.length - failed, failed, completedAt };
  await insertImportItem({ ...resultKey, ...result, expiresAt });
  return result;
}

async function importRow({ importId, ownerId }: Chunk, row: Row): Promise<RowError | undefined> {
  if ("refused" in row) return { row: row.row, errors: [{ pointer: "", detail: row.refused }] };
  const { data: pet, error } = NewPet.safeParse(row.pet);
  if (error) return { row: row.row, errors: summaryOf(error) };
  // A conflict is this row's pet from an earlier delivery. It may have changed since, so it stays.
  const id = deriveId("row", importId, row.row);
  await insertPet(toStoredPet(pet, { id, ownerId, origin: "import" }));
  return undefined;
}
