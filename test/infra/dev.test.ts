import { describe, expect, it } from "vitest";
import { typed } from "../support/graph.ts";
import { synthesizeVariant } from "../support/variant.ts";

const TWELVE_HOURS = 12 * 60 * 60;

describe("sst dev", async () => {
  const graph = await synthesizeVariant("alice", {
    "infra/function.ts": (text) => text.replaceAll("$dev", "true"),
  });
  const { all, builds } = typed(graph);

  it("sets every function's timeout to Lambda's maximum", () => {
    for (const { name, timeout } of all("aws:lambda/function:Function")) {
      expect(timeout, name).toBe(900);
    }
  });

  it("sets a queue's visibility timeout to six times its worker's timeout", () => {
    const sources = all("aws:lambda/eventSourceMapping:EventSourceMapping");
    const queues = all("aws:sqs/queue:Queue").filter(({ arn }) =>
      sources.some(({ eventSourceArn }) => eventSourceArn === arn),
    );

    expect(queues).toHaveLength(2);
    for (const { name, visibilityTimeoutSeconds } of queues) {
      expect(visibilityTimeoutSeconds, name).toBe(6 * 900);
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
      expect(visibilityTimeoutSeconds, name).toBeLessThanOrEqual(TWELVE_HOURS);
    }
  });

  it("builds functions without plugins, externals and minification", () => {
    for (const { functionID, nodejs } of builds) expect(nodejs ?? {}, functionID).toEqual({});
  });
});
