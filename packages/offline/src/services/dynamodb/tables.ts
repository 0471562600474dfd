import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../../util/user-error.ts";
import { callDynamoDb, DynamoDbError } from "./call.ts";
import type { Table } from "./resources.ts";
import { TableDescription, tableChanges } from "./table-changes.ts";

const POLL_MS = 20;

/** Internal failures of the engine that waiting for a table outlives. */
const MOST_FAILURES = 10;

const Described = z.object({ Table: TableDescription });
const TimeToLive = z.object({
  TimeToLiveDescription: z.object({ AttributeName: z.string().optional() }),
});

/**
 * Creates the tables that are missing, brings the existing ones up to date and enables their TTL.
 * Tables that the graph no longer has stay as they are.
 *
 * @throws {UserError} A table's keys have changed, so its data cannot be kept; or DynamoDB refuses
 *   the table.
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
    await untilActive(endpoint, TableName);
  } else {
    for (const change of tableChanges(existing, definition)) {
      await callDynamoDb(endpoint, "UpdateTable", change);
      await untilActive(endpoint, TableName);
    }
  }
  await ensureTimeToLive(endpoint, TableName, ttlAttribute);
}

/** An attribute at a time has the TTL, so another one first takes it off the old one. */
async function ensureTimeToLive(
  endpoint: string,
  TableName: string,
  wanted: string | undefined,
): Promise<void> {
  const description = await callDynamoDb(endpoint, "DescribeTimeToLive", { TableName });
  const current = TimeToLive.parse(description).TimeToLiveDescription.AttributeName;
  if (current === wanted) return;
  const update = (AttributeName: string, Enabled: boolean) =>
    callDynamoDb(endpoint, "UpdateTimeToLive", {
      TableName,
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
  if (current !== undefined) await update(current, false);
  if (wanted !== undefined) await update(wanted, true);
}

async function describe(
  endpoint: string,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return Described.parse(await callDynamoDb(endpoint, "DescribeTable", { TableName })).Table;
  } catch (error) {
    const missing = error instanceof DynamoDbError && error.name === "ResourceNotFoundException";
    if (missing) return undefined;
    throw error;
  }
}

/** Also until its indexes are filled; deleted ones are no longer listed then. */
async function untilActive(endpoint: string, TableName: string): Promise<void> {
  for (let failures = 0; ; ) {
    const table = await describe(endpoint, TableName).catch((error) => {
      // DynamoDB Local cannot describe a table in the moment that an index of it goes.
      if (error.name !== "InternalFailure" || ++failures > MOST_FAILURES) throw error;
    });
    const statuses = [
      table?.TableStatus,
      ...(table?.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus),
    ];
    if (statuses.every((status) => status === "ACTIVE")) return;
    await sleep(POLL_MS);
  }
}
