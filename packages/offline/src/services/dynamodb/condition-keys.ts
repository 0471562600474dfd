import * as z from "zod";
import type { ConditionContext } from "../../runtime/authorization.ts";
import type { Table } from "./resources.ts";

const Attributes = z.record(z.string(), z.unknown());
const Names = z.record(z.string(), z.string());

/** The members of item operations that condition keys are derived from. */
export const ItemRequest = z.object({
  IndexName: z.string().optional(),
  Item: Attributes.optional(),
  Key: Attributes.optional(),
  KeyConditionExpression: z.string().optional(),
  /** Legacy form of `KeyConditionExpression`. */
  KeyConditions: z
    .record(z.string(), z.object({ AttributeValueList: z.array(z.unknown()) }))
    .optional(),
  ProjectionExpression: z.string().optional(),
  UpdateExpression: z.string().optional(),
  ConditionExpression: z.string().optional(),
  FilterExpression: z.string().optional(),
  ExpressionAttributeNames: Names.default({}),
  ExpressionAttributeValues: Attributes.default({}),
  ReturnValues: z.string().optional(),
  ReturnConsumedCapacity: z.string().optional(),
  Select: z.string().optional(),
});
export type ItemRequest = z.output<typeof ItemRequest>;

/** Words in expressions that are not attribute names. */
const KEYWORDS = new Set(
  `ADD AND BETWEEN DELETE IN NOT OR REMOVE SET attribute_exists attribute_not_exists attribute_type
   begins_with contains if_not_exists list_append size`.split(/\s+/),
);

/**
 * Returns the condition keys of one or several requests to a table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 *
 * @param table undefined if the app does not have the table; its key is then unknown
 * @param index name of the queried index, whose leading keys apply then
 */
export function conditionContext(
  requests: ItemRequest[],
  table: Table | undefined,
  index: string | undefined,
): ConditionContext {
  const hashKey = hashKeyOf(table, index);
  const leadingKeys = requests.flatMap((request) => leadingKeyOf(request, hashKey) ?? []);
  const attributes = new Set(requests.flatMap(attributesOf));
  const { Select, ReturnValues, ReturnConsumedCapacity } = requests[0] ?? {};
  return {
    ...(leadingKeys.length > 0 && { "dynamodb:LeadingKeys": leadingKeys }),
    ...(attributes.size > 0 && { "dynamodb:Attributes": [...attributes] }),
    ...(Select && { "dynamodb:Select": Select }),
    ...(ReturnValues && { "dynamodb:ReturnValues": ReturnValues }),
    ...(ReturnConsumedCapacity && { "dynamodb:ReturnConsumedCapacity": ReturnConsumedCapacity }),
  };
}

function hashKeyOf(table: Table | undefined, index: string | undefined): string | undefined {
  const secondary = table?.definition.GlobalSecondaryIndexes?.find((i) => i.IndexName === index);
  const schema = secondary?.KeySchema ?? table?.definition.KeySchema;
  return schema?.find(({ KeyType }) => KeyType === "HASH")?.AttributeName;
}

/** A query whose key cannot be parsed has an empty one, so that no condition allows it by mistake. */
function leadingKeyOf(request: ItemRequest, hashKey: string | undefined): string | undefined {
  if (hashKey === undefined) return undefined;
  const key = scalar(
    request.Item?.[hashKey] ?? request.Key?.[hashKey] ?? queriedKey(hashKey, request),
  );
  return key ?? (request.KeyConditionExpression || request.KeyConditions ? "" : undefined);
}

/** Returns the value that a query's condition requires of the key: `pk = :pk`. */
function queriedKey(hashKey: string, request: ItemRequest): unknown {
  const names = request.ExpressionAttributeNames;
  const equalities = (request.KeyConditionExpression ?? "").matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g);
  for (const [, name = "", value = ""] of equalities) {
    if ((names[name] ?? name) === hashKey) return request.ExpressionAttributeValues[value];
  }
  return request.KeyConditions?.[hashKey]?.AttributeValueList[0];
}

/** Returns the text of a string, number or binary attribute value. */
const scalar = (value: unknown): string | undefined =>
  z
    .record(z.string(), z.string())
    .transform((typed) => Object.values(typed)[0])
    .safeParse(value).data;

/** Returns the top-level attributes that a request names. */
function attributesOf(request: ItemRequest): string[] {
  const expressions = [
    request.KeyConditionExpression,
    request.ProjectionExpression,
    request.UpdateExpression,
    request.ConditionExpression,
    request.FilterExpression,
  ];
  const inExpressions = expressions.flatMap((expression = "") =>
    [...expression.matchAll(/(?<![\w.:#])[#A-Za-z_][\w-]*/g)]
      .map(([name]) => request.ExpressionAttributeNames[name] ?? name)
      .filter((name) => !KEYWORDS.has(name)),
  );
  return [...Object.keys(request.Item ?? {}), ...Object.keys(request.Key ?? {}), ...inExpressions];
}
