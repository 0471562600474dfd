import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../../util/user-error.ts";
import { callDynamoDb, DynamoDbError } from "./call.ts";
import type { Table } from "./resources.ts";
import { TableDescription, tableChanges } from "./table-changes.ts";

/** Real time, because the engine is a real process. */
const POLL_MS = 20;

/** Internal failures that are tolerated while waiting for a table. */
const MAX_FAILURES = 10;

const Described = z.object({ Table: TableDescription });
const TimeToLive = z.object({
  TimeToLiveDescription: z.object({ AttributeName: z.string().optional() }),
});

/**
 * Creates the tables that are missing, updates the others and enables their TTL. Tables that are no
 * longer in the graph stay unchanged.
 *
 * @throws {UserError} A table's keys differ from those of its stored data, or DynamoDB refuses the
 *   table.
 */
export async function ensureTables(endpoint: string, tables: Table[]): Promise<void> {
  await Promise.all(
    tables.map((table) =>
      ensureTable(endpoint, table).catch((error) => {
        if (!(error instanceof DynamoDbError)) throw error;
        throw new UserError(`DynamoDB refuses table ${table.name}: ${error.message}`, {
          cause: error,
        });
      }),
    ),
  );
}

async function ensureTable(endpoint: string, { definition, ttlAttribute }: Table): Promise<void> {
  const TableName = definition.TableName as string;
  const existing = await describe(endpoint, TableName);
  if (existing === undefined) {
    await callDynamoDb(endpoint, "CreateTable", definition);
    await waitUntilActive(endpoint, TableName);
  } else {
    for (const change of tableChanges(existing, definition)) {
      await callDynamoDb(endpoint, "UpdateTable", change);
      await waitUntilActive(endpoint, TableName);
    }
  }
  await ensureTimeToLive(endpoint, TableName, ttlAttribute);
}

/** A table has at most one TTL attribute, so the old one is disabled first. */
async function ensureTimeToLive(
  endpoint: string,
  TableName: string,
  attribute: string | undefined,
): Promise<void> {
  const description = await callDynamoDb(endpoint, "DescribeTimeToLive", { TableName });
  const current = TimeToLive.parse(description).TimeToLiveDescription.AttributeName;
  if (current === attribute) return;
  const update = (AttributeName: string, Enabled: boolean) =>
    callDynamoDb(endpoint, "UpdateTimeToLive", {
      TableName,
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
  if (current !== undefined) await update(current, false);
  if (attribute !== undefined) await update(attribute, true);
}

async function describe(
  endpoint: string,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return Described.parse(await callDynamoDb(endpoint, "DescribeTable", { TableName })).Table;
  } catch (error) {
    const isMissing = error instanceof DynamoDbError && error.name === "ResourceNotFoundException";
    if (isMissing) return undefined;
    throw error;
  }
}

/** Waits until the table and its indexes are active; deleted indexes are then no longer listed. */
async function waitUntilActive(endpoint: string, TableName: string): Promise<void> {
  for (let failures = 0; ; ) {
    const table = await describe(endpoint, TableName).catch((error) => {
      // DynamoDB Local fails to describe a table while it deletes one of its indexes.
      if (error.name !== "InternalFailure" || ++failures > MAX_FAILURES) throw error;
    });
    const statuses = [
      table?.TableStatus,
      ...(table?.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus),
    ];
    if (statuses.every((status) => status === "ACTIVE")) return;
    await sleep(POLL_MS);
  }
}
