import * as z from "zod";
import type { Permission } from "../../runtime/authorization.ts";
import type { ServiceCall } from "../../runtime/endpoint/api.ts";
import { parseJson } from "../../util/body.ts";
import { ItemRequest, requestContext } from "./condition-keys.ts";
import { partiqlNeeds } from "./partiql.ts";
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
 * The rights that a call of DynamoDB or its streams needs. One that cannot be understood needs the
 * right to do it everywhere: what nobody can judge is nothing to let pass.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function dynamodbNeeds(
  { operation, body, arn }: ServiceCall,
  tables: Table[],
): Permission[] {
  const input = parseJson(body);
  // A name may be an ARN, too.
  const tableArn = (name: string) => (name.startsWith("arn:") ? name : arn(`table/${name}`));
  const need = (
    action: string,
    table: string,
    requests: ItemRequest[],
    index?: string,
  ): Permission => ({
    action: `dynamodb:${action}`,
    resources: [index === undefined ? tableArn(table) : `${tableArn(table)}/index/${index}`],
    context: requestContext(
      requests,
      tables.find(({ arn }) => arn === tableArn(table)),
      index,
    ),
  });

  if (/Statement|ExecuteTransaction/.test(operation)) return partiqlNeeds(input, tableArn);

  const transaction = Transaction.safeParse(input).data;
  if (transaction) {
    const parts = transaction.TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, part]) => ({ action: actionOf[kind as Kind], ...part })),
    );
    // What a policy says of each item's key it says of all: one decision does for a kind of write.
    const groups = Map.groupBy(parts, ({ action, TableName }) => `${action} ${TableName}`);
    return [...groups.values()].map((some) => {
      const { action, TableName } = some[0] as (typeof some)[number];
      return need(action, TableName, some);
    });
  }

  const batch = Batch.safeParse(input).data;
  if (batch) {
    return Object.entries(batch.RequestItems).map(([table, requests]) =>
      need(operation, table, Array.isArray(requests) ? requests.map(onlyOne) : eachKey(requests)),
    );
  }

  const stream = Stream.safeParse(input).data;
  if (stream) return [{ action: `dynamodb:${operation}`, resources: [streamOf(stream, tables)] }];
  if (operation === "GetRecords") {
    // An iterator does not tell whose it is: it was given out for a stream that may be read.
    const [first = "*", ...others] = tables.flatMap(({ streamArn }) => streamArn ?? []);
    return [{ action: "dynamodb:GetRecords", resources: [first, ...others] }];
  }

  const request = Part.safeParse(input).data;
  return request
    ? [need(operation, request.TableName, [request], request.IndexName)]
    : [{ action: `dynamodb:${operation}`, resources: ["*"] }];
}

/** An entry of a batch is a put or a delete. */
const onlyOne = ({ PutRequest, DeleteRequest }: z.output<typeof BatchWrite>): ItemRequest =>
  PutRequest ?? DeleteRequest ?? ItemRequest.parse({});

const eachKey = ({ Keys, ...request }: z.output<typeof BatchGet>): ItemRequest[] =>
  Keys.map((Key) => ({ ...request, Key }));

/** Engines give streams ARNs of their own. */
function streamOf({ StreamArn }: z.output<typeof Stream>, tables: Table[]): string {
  const name = /:table\/([^/]+)\/stream\//.exec(StreamArn)?.[1];
  return tables.find((table) => table.name === name)?.streamArn ?? StreamArn;
}
