import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { sampleGraph, sampleResource } from "../../support/sample-graph.ts";

describe("readQueues", () => {
  const sizeOf = (state: object) => {
    const queue = { name: "jobs", arn: "arn:aws:sqs:us-east-1:123456789012:jobs", url: "url" };
    const graph = sampleGraph(
      sampleResource("aws:sqs/queue:Queue", "Jobs", { ...queue, ...state }),
    );
    return resourcesOf(graph).queues[0]?.attributes.MaximumMessageSize;
  };

  it("returns the declared maximum message size", () => {
    expect(sizeOf({ maxMessageSize: 1_048_576 })).toBe("1048576");
  });

  it("returns 256 KiB if none is declared, as the Pulumi provider does", () => {
    expect(sizeOf({})).toBe("262144");
  });
});
