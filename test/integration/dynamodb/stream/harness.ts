import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventSourceMapping } from "@petstore/offline/runtime/event-source";
import type { Invoke, InvokeResult } from "@petstore/offline/runtime/invocation";
import { callDynamoDb } from "@petstore/offline/services/dynamodb/call";
import type { Table } from "@petstore/offline/services/dynamodb/resources";
import { startStreamPoller } from "@petstore/offline/services/dynamodb/stream/poller";
import { ensureTables } from "@petstore/offline/services/dynamodb/tables";
import { systemClock } from "@petstore/offline/util/clock";
import { onTestFinished } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: the tests assert the content of events
export type Event = any;

const arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/pets";
export const streamArn = `${arn}/stream/2026-01-01T00:00:00.000`;
export const functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:app-Consumer";
export const queueArn = "arn:aws:sqs:eu-central-1:123456789012:failures";

/** Returns a mapping with Lambda's defaults that starts at the stream's oldest record. */
export const mapping = (changes: Partial<EventSourceMapping> = {}): EventSourceMapping => ({
  name: "Consumer",
  eventSourceArn: streamArn,
  functionArn,
  enabled: true,
  batchSize: 100,
  batchingWindowSeconds: 0,
  filters: [],
  partialResponses: false,
  startingPosition: "TRIM_HORIZON",
  maximumRetryAttempts: -1,
  maximumRecordAgeSeconds: -1,
  bisectOnError: false,
  ...changes,
});

export const ok: InvokeResult = { kind: "response", payload: "null" };
export const failed: InvokeResult = {
  kind: "error",
  errorType: "Error",
  errorMessage: "no",
};
export const report = (...sequenceNumbers: string[]): InvokeResult => ({
  kind: "response",
  payload: JSON.stringify({
    batchItemFailures: sequenceNumbers.map((itemIdentifier) => ({ itemIdentifier })),
  }),
});

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "streams-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Creates a table with a stream. */
export async function createTable(endpoint: string, TableName = `pets-${randomUUID()}`) {
  const definition: Table["definition"] = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  };
  const created: Table = { name: TableName, arn, definition };
  await ensureTables(endpoint, [created]);
  const call = (operation: string, input: object) =>
    callDynamoDb(endpoint, operation, { TableName, ...input });
  return {
    table: created,
    endpoint,
    put: (id: string, n = 0) => call("PutItem", { Item: { id: { S: id }, n: { N: String(n) } } }),
    remove: (id: string) => call("DeleteItem", { Key: { id: { S: id } } }),
  };
}

type Respond = (records: Event[], call: number) => InvokeResult | Promise<InvokeResult>;

/** Starts a poller with a stub of the function, and records what it does. */
export async function poll(
  { table, endpoint }: { table: Table; endpoint: string },
  changes: Partial<EventSourceMapping> = {},
  respond: Respond = () => ok,
  directory = temporaryDirectory(),
) {
  const batches: Event[][] = [];
  const messages: { arn: string; body: Event }[] = [];
  const lines: string[] = [];
  const changed = new EventEmitter();
  const invoke: Invoke = async (_, payload) => {
    const { Records } = JSON.parse(payload);
    batches.push(Records);
    changed.emit("change");
    return respond(Records, batches.length);
  };
  const poller = await startStreamPoller({
    mapping: mapping(changes),
    table,
    dynamodbEndpoint: endpoint,
    directory,
    invoke,
    clock: systemClock,
    async sendToQueue(arn, body) {
      messages.push({ arn, body: JSON.parse(body) });
      changed.emit("change");
    },
    log: (line) => lines.push(line),
  });
  onTestFinished(poller.close);
  return {
    ...poller,
    directory,
    batches,
    messages,
    lines,
    ids: () => batches.map((batch) => batch.map((record) => record.dynamodb.Keys.id.S)),
    records: () => batches.flat(),
    /** Resolves once the condition holds after an invocation or a message. */
    async until(condition: () => boolean) {
      while (!condition()) await once(changed, "change");
    },
  };
}
