import * as z from "zod";
import type { Permission } from "../../runtime/authorization.ts";
import type { ServiceCall } from "../../runtime/endpoint/api.ts";
import { parseJson } from "../../util/body.ts";
import { conditionContext, ItemRequest } from "./condition-keys.ts";
import type { Table } from "./resources.ts";

const Part = ItemRequest.extend({ TableName: z.string() });

const BatchGet = ItemRequest.extend({ Keys: z.array(z.record(z.string(), z.unknown())) });
const BatchWrite = z.object({ PutRequest: ItemRequest, DeleteRequest: ItemRequest }).partial();
const Batch = z.object({
  RequestItems: z.record(z.string(), z.union([BatchGet, z.array(BatchWrite)])),
});

const actionOf = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
} as const;
type Kind = keyof typeof actionOf;
const Transaction = z.object({
  TransactItems: z.array(z.partialRecord(z.enum(Object.keys(actionOf) as Kind[]), Part)),
});

const Stream = z.object({ StreamArn: z.string() });

/**
 * Returns the permissions that a call of DynamoDB or DynamoDB Streams requires. A call that cannot be
 * parsed requires its action on all resources, so that no policy allows it by mistake.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function dynamodbPermissions(
  { operation, body, arn }: ServiceCall,
  tables: Table[],
): Permission[] {
  const input = parseJson(body);
  // The API accepts an ARN as table name.
  const tableArn = (name: string) => (name.startsWith("arn:") ? name : arn(`table/${name}`));
  const permissionFor = (
    action: string,
    table: string,
    requests: ItemRequest[],
    index?: string,
  ): Permission => ({
    action: `dynamodb:${action}`,
    resources: [index === undefined ? tableArn(table) : `${tableArn(table)}/index/${index}`],
    context: conditionContext(
      requests,
      tables.find(({ arn }) => arn === tableArn(table)),
      index,
    ),
  });

  if (/Statement|ExecuteTransaction/.test(operation)) return partiqlPermissions(input, tableArn);

  const transaction = Transaction.safeParse(input).data;
  if (transaction) {
    const parts = transaction.TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, part]) => ({ action: actionOf[kind as Kind], ...part })),
    );
    // Conditions on leading keys apply to all keys of a request, so one decision per kind is enough.
    const groups = Map.groupBy(parts, ({ action, TableName }) => `${action} ${TableName}`);
    return [...groups.values()].map((some) => {
      const { action, TableName } = some[0] as (typeof some)[number];
      return permissionFor(action, TableName, some);
    });
  }

  const batch = Batch.safeParse(input).data;
  if (batch) {
    return Object.entries(batch.RequestItems).map(([table, requests]) =>
      permissionFor(
        operation,
        table,
        Array.isArray(requests) ? requests.map(writeOf) : splitByKey(requests),
      ),
    );
  }

  const stream = Stream.safeParse(input).data;
  if (stream) return [{ action: `dynamodb:${operation}`, resources: [streamArn(stream, tables)] }];
  if (operation === "GetRecords") {
    // An iterator does not contain its stream, but `GetShardIterator` required permission for it.
    const [first = "*", ...others] = tables.flatMap(({ streamArn }) => streamArn ?? []);
    return [{ action: "dynamodb:GetRecords", resources: [first, ...others] }];
  }

  const request = Part.safeParse(input).data;
  return request
    ? [permissionFor(operation, request.TableName, [request], request.IndexName)]
    : [{ action: `dynamodb:${operation}`, resources: ["*"] }];
}

/** Returns the put or delete of a batch entry. */
const writeOf = ({ PutRequest, DeleteRequest }: z.output<typeof BatchWrite>): ItemRequest =>
  PutRequest ?? DeleteRequest ?? ItemRequest.parse({});

const splitByKey = ({ Keys, ...request }: z.output<typeof BatchGet>): ItemRequest[] =>
  Keys.map((Key) => ({ ...request, Key }));

/** Returns the graph's ARN of a stream; the engines have other ones. */
function streamArn({ StreamArn }: z.output<typeof Stream>, tables: Table[]): string {
  const name = /:table\/([^/]+)\/stream\//.exec(StreamArn)?.[1];
  return tables.find((table) => table.name === name)?.streamArn ?? StreamArn;
}

const Statement = z.object({ Statement: z.string() });
const Input = z.union([
  Statement.transform((one) => [one]),
  z.object({ Statements: z.array(Statement) }).transform(({ Statements }) => Statements),
  z.object({ TransactStatements: z.array(Statement) }).transform((all) => all.TransactStatements),
]);

const NAME = '"?([\\w.-]+)"?(?:\\."?([\\w-]+)"?)?';
/** Matches the table and the optional index of each kind of statement. */
const STATEMENTS: [action: string, RegExp][] = [
  ["PartiQLSelect", new RegExp(`^\\s*SELECT\\b[^]*?\\bFROM\\s+${NAME}`, "i")],
  ["PartiQLInsert", new RegExp(`^\\s*INSERT\\s+INTO\\s+${NAME}`, "i")],
  ["PartiQLUpdate", new RegExp(`^\\s*UPDATE\\s+${NAME}`, "i")],
  ["PartiQLDelete", new RegExp(`^\\s*DELETE\\s+FROM\\s+${NAME}`, "i")],
  ["ConditionCheckItem", new RegExp(`^\\s*EXISTS\\b[^]*?\\bFROM\\s+${NAME}`, "i")],
];

/**
 * Returns the permissions that PartiQL statements require. A statement that cannot be parsed requires
 * `PartiQLSelect` on all resources.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
function partiqlPermissions(input: unknown, tableArn: (name: string) => string): Permission[] {
  const statements = Input.safeParse(input).data ?? [{ Statement: "" }];
  return statements.flatMap(({ Statement }) => {
    for (const [action, pattern] of STATEMENTS) {
      const [, table, index] = pattern.exec(Statement) ?? [];
      if (table === undefined) continue;
      const arn = tableArn(table);
      const resource = index === undefined ? arn : `${arn}/index/${index}`;
      return [{ action: `dynamodb:${action}`, resources: [resource] }];
    }
    return [{ action: "dynamodb:PartiQLSelect", resources: ["*"] }];
  });
}
