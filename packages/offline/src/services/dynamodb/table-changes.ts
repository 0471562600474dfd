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

/** The parts of a `TableDescription` that say what a table is. */
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
 * The `UpdateTable` calls, in order, that make an existing table what its definition says:
 * a call can create or delete a single index, and a stream's view type cannot be changed in place.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 *
 * @throws {UserError} DynamoDB cannot change that in a table: its keys, their types, local indexes.
 */
export function tableChanges(
  existing: TableDescription,
  definition: CreateTableCommandInput,
): UpdateTableCommandInput[] {
  requireSame(existing, definition);
  const { TableName } = existing;
  const wanted = definition.GlobalSecondaryIndexes ?? [];
  const obsolete = existing.GlobalSecondaryIndexes.filter(
    (index) => !wanted.some((other) => indexId(other) === indexId(index)),
  );
  const missing = wanted.filter(
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

function requireSame(existing: TableDescription, definition: CreateTableCommandInput): void {
  const differs =
    keys(existing.KeySchema) !== keys(definition.KeySchema) ||
    ids(existing.LocalSecondaryIndexes) !== ids(definition.LocalSecondaryIndexes ?? []) ||
    existing.AttributeDefinitions.some(({ AttributeName, AttributeType }) => {
      const other = definition.AttributeDefinitions?.find((a) => a.AttributeName === AttributeName);
      return other !== undefined && other.AttributeType !== AttributeType;
    });
  if (!differs) return;
  throw new UserError(
    `The keys of table ${existing.TableName} have changed since its data was written: discard the data with npm start -- --fresh.`,
  );
}

function streamChanges(
  { TableName, StreamSpecification: existing }: TableDescription,
  { StreamSpecification: wanted }: CreateTableCommandInput,
): UpdateTableCommandInput[] {
  const before = existing?.StreamEnabled ? existing.StreamViewType : undefined;
  const after = wanted?.StreamEnabled ? wanted.StreamViewType : undefined;
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

/** Equal for equal indexes, whatever the order in which an engine lists their parts. */
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
