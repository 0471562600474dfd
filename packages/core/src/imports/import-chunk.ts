import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import * as z from "zod";
import { eachInParallel, Pace } from "../concurrency.ts";
import { derivedId } from "../derived-id.ts";
import { firstRecord, insert } from "../pets/create.ts";
import { NewPet, OwnerId } from "../pets/pet.ts";
import { summaryOf } from "../problems/issues.ts";
import { client } from "../table/client.ts";
import { annotate } from "../telemetry.ts";
import { ImportId, type RowError } from "./import.ts";
import {
  type ChunkResult,
  chunkKeyOf,
  errorKeyOf,
  expiryFrom,
  put,
  putNew,
} from "./import-items.ts";
import { Row, sizeOf } from "./rows.ts";

/** The message that has a worker import some rows. */
export const Chunk = z.strictObject({
  importId: ImportId,
  ownerId: OwnerId,
  /** From 0. */
  chunk: z.int().min(0),
  rows: z.array(Row),
});
export type Chunk = z.output<typeof Chunk>;

/** Rows of one chunk that are written at a time. */
const ROWS_AT_A_TIME = 10;

/**
 * Write units a second that one worker consumes in each list. All workers of a stage and its API
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
const unitsOf = (row: Row): number => Math.ceil((ITEM_BYTES + sizeOf(row)) / 1024);

/**
 * Imports a chunk, however often it is delivered. Every row becomes one item under a key that follows
 * from import and row: a pet, or a row error. So it may break off anywhere and start over; the result,
 * stored last, ends that: from then on the pets belong to those who change and delete them.
 *
 * @returns nothing when it was done before
 */
export async function importChunk(chunk: Chunk): Promise<ChunkResult | undefined> {
  annotate({ importId: chunk.importId, ownerId: chunk.ownerId });
  if (await isDone(chunk)) return undefined;

  const expiresAt = expiryFrom(new Date());
  let failed = 0;
  await eachInParallel(chunk.rows, ROWS_AT_A_TIME, async (row) => {
    await pace.turn((unitsOf(row) * 1000) / UNITS_PER_SECOND);
    const error = await importRow(chunk, row);
    if (error) {
      failed += 1;
      await put({ ...errorKeyOf(chunk.importId, row.row), ...error, expiresAt });
    }
  });

  const completedAt = new Date().toISOString();
  const result = { imported: chunk.rows.length - failed, failed, completedAt };
  await putNew({ ...chunkKeyOf(chunk.importId, chunk.chunk), ...result, expiresAt });
  return result;
}

async function isDone({ importId, chunk }: Chunk): Promise<boolean> {
  const { Item } = await client.send(
    new GetCommand({
      TableName: Resource.ReadImports.name,
      Key: chunkKeyOf(importId, chunk),
      ConsistentRead: true,
    }),
  );
  return Item !== undefined;
}

async function importRow({ importId, ownerId }: Chunk, row: Row): Promise<RowError | undefined> {
  if ("refused" in row) return { row: row.row, errors: [{ pointer: "", detail: row.refused }] };
  const { data: pet, error } = NewPet.safeParse(row.pet);
  if (error) return { row: row.row, errors: summaryOf(error) };
  // A pet that is there is this row's, from a delivery before, and maybe changed since: it stays.
  const id = derivedId("row", importId, row.row);
  await insert(firstRecord(pet, { id, ownerId, origin: "import" }));
  return undefined;
}
