import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { UserError } from "../../util/user-error.ts";

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Index = z.object({
  IndexName: z.string(),
  KeySchema,
  Projection: z.object({
    ProjectionType: z.string(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** The parts of a `TableDescription` that a table's definition determines. */
export const TableDescription = z.object({
  TableName: z.string(),
  TableStatus: z.string(),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  KeySchema,
  LocalSecondaryIndexes: z.array(Index).default([]),
  GlobalSecondaryIndexes: z.array(Index.extend({ IndexStatus: z.string() })).default([]),
  StreamSpecification: z
    .object({ StreamEnabled: z.boolean(), StreamViewType: z.string().optional() })
    .optional(),
});
export type TableDescription = z.infer<typeof TableDescription>;

/**
 * Returns the inputs of the `UpdateTable` calls that update an existing table to its definition, in
 * order. A call can create or delete one index, and cannot change a stream's view type.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 *
 * @throws {UserError} The keys, their types, or local indexes differ, which DynamoDB cannot change.
 */
export function tableChanges(
  existing: TableDescription,
  definition: CreateTableCommandInput,
): UpdateTableCommandInput[] {
  assertSameKeys(existing, definition);
  const { TableName } = existing;
  const defined = definition.GlobalSecondaryIndexes ?? [];
  const obsolete = existing.GlobalSecondaryIndexes.filter(
    (index) => !defined.some((other) => indexId(other) === indexId(index)),
  );
  const missing = defined.filter(
    (index) => !existing.GlobalSecondaryIndexes.some((other) => indexId(other) === indexId(index)),
  );
  return [
    ...obsolete.map(({ IndexName }) => ({
      TableName,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }],
    })),
    ...missing.map((index) => ({
      TableName,
      AttributeDefinitions: definition.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: index }],
    })),
    ...streamChanges(existing, definition),
  ];
}

function assertSameKeys(existing: TableDescription, definition: CreateTableCommandInput): void {
  const isDifferent =
    keys(existing.KeySchema) !== keys(definition.KeySchema) ||
    ids(existing.LocalSecondaryIndexes) !== ids(definition.LocalSecondaryIndexes ?? []) ||
    existing.AttributeDefinitions.some(({ AttributeName, AttributeType }) => {
      const other = definition.AttributeDefinitions?.find((a) => a.AttributeName === AttributeName);
      return other !== undefined && other.AttributeType !== AttributeType;
    });
  if (!isDifferent) return;
  throw new UserError(
    `The keys of table ${existing.TableName} differ from those of its stored data. Discard the data with npm start -- --fresh.`,
  );
}

function streamChanges(
  { TableName, StreamSpecification: existing }: TableDescription,
  { StreamSpecification: defined }: CreateTableCommandInput,
): UpdateTableCommandInput[] {
  const before = existing?.StreamEnabled ? existing.StreamViewType : undefined;
  const after = defined?.StreamEnabled ? defined.StreamViewType : undefined;
  if (before === after) return [];
  return [
    ...(before ? [{ TableName, StreamSpecification: { StreamEnabled: false } }] : []),
    ...(after
      ? [{ TableName, StreamSpecification: { StreamEnabled: true, StreamViewType: after } }]
      : []),
  ];
}

type AnyIndex = Pick<GlobalSecondaryIndex, "IndexName" | "KeySchema" | "Projection"> | IndexOf;
type IndexOf = z.infer<typeof Index>;

/** Returns a text that is equal for equal indexes; the engines list their parts in different orders. */
function indexId({ IndexName, KeySchema, Projection }: AnyIndex): string {
  const projected = [...(Projection?.NonKeyAttributes ?? [])].sort();
  return JSON.stringify([IndexName, keys(KeySchema), Projection?.ProjectionType, projected]);
}

function ids(indexes: AnyIndex[]): string {
  return indexes.map(indexId).sort().join();
}

function keys(schema: AnyIndex["KeySchema"]): string {
  return (schema ?? [])
    .map((key) => `${key.KeyType}:${key.AttributeName}`)
    .sort()
    .join();
}
