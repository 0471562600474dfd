import type { EventSource } from "@petstore/offline/runtime/event-source";
import type { ServiceContext } from "@petstore/offline/runtime/service";
import { failedBatchesAt } from "@petstore/offline/services/lambda/event-source-mappings";
import type { LambdaResources } from "@petstore/offline/services/lambda/resources";
import { describe, expect, it, vi } from "vitest";

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:Consumer";
const streamArn = "arn:aws:dynamodb:us-east-1:123456789012:table/pets/stream/1";
const onFailureArn = "arn:aws:sqs:us-east-1:123456789012:failures";

function contextOf(source: Partial<EventSource>) {
  const mapping = { functionArn, onFailureArn, eventSourceArn: streamArn };
  return {
    resources: { functions: [{ name: "Consumer", arn: functionArn }], mappings: [mapping] },
    findEventSource: () => source,
    invokerFor: () => vi.fn(),
  } as unknown as ServiceContext<LambdaResources>;
}

const messageAbout = (stream: string) =>
  JSON.stringify({
    requestContext: { functionArn },
    DDBStreamBatchInfo: { streamArn: stream },
  });

describe("failedBatchesAt", () => {
  it("returns nothing for a queue that is no on-failure destination", () => {
    expect(failedBatchesAt("arn:aws:sqs:us-east-1:123456789012:other", contextOf({}))).toBe(
      undefined,
    );
  });

  it("redelivers a batch through the mapping that gave it up", async () => {
    const redeliver = vi.fn<NonNullable<EventSource["redeliver"]>>(async () => {});
    const batches = failedBatchesAt(onFailureArn, contextOf({ redeliver }));

    await batches?.redeliver(messageAbout(streamArn));

    expect(batches?.functionNames).toEqual(["Consumer"]);
    expect(redeliver.mock.calls[0]?.[0]).toMatchObject({ functionArn });
  });

  it("refuses a message about a stream without a mapping", async () => {
    const batches = failedBatchesAt(onFailureArn, contextOf({ redeliver: vi.fn() }));

    await expect(batches?.redeliver(messageAbout(`${streamArn}1`))).rejects.toThrow(
      "has no event source mapping",
    );
  });

  it("refuses a message that does not name records", async () => {
    const batches = failedBatchesAt(onFailureArn, contextOf({ redeliver: vi.fn() }));

    await expect(batches?.redeliver("{}")).rejects.toThrow("does not name records");
  });
});
