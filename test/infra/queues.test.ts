import { describe, expect, it } from "vitest";
import { divideMailRate } from "../../infra/mail-rate.ts";
import { graphOf } from "../support/graph.ts";

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

describe.each(["offline", "production"])("the graph of %s", (stage) => {
  const { all, links } = graphOf(stage);
  const functions = new Map(all("aws:lambda/function:Function").map((fn) => [fn.arn, fn]));
  const queues = all("aws:sqs/queue:Queue");
  const sources = all("aws:lambda/eventSourceMapping:EventSourceMapping");
  const deadLetterArns = new Set([
    ...queues.map(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn),
    ...sources.map(({ destinationConfig }) => destinationConfig?.onFailure.destinationArn),
  ]);
  const deadLetters = queues.filter(({ arn }) => deadLetterArns.has(arn));
  const workQueues = queues.filter(({ arn }) => !deadLetterArns.has(arn));

  // The provider's default is 256 KiB, and a chunk of an import may be larger.
  it.each(queues)("accepts messages of 1 MiB in $name", ({ maxMessageSize }) => {
    expect(maxMessageSize).toBe(1_048_576);
  });

  it("stores dead letters for 14 days", () => {
    expect(deadLetters.length).toBeGreaterThan(0);
    for (const { name, messageRetentionSeconds } of deadLetters) {
      expect(messageRetentionSeconds, name).toBe(FOURTEEN_DAYS);
    }
  });

  it.each(workQueues)("gives $name a separate dead-letter queue", ({ arn, redrivePolicy }) => {
    const target = redrivePolicy?.deadLetterTargetArn;

    expect(deadLetters.map((queue) => queue.arn)).toContain(target);
    const sharing = queues.filter((queue) => queue.redrivePolicy?.deadLetterTargetArn === target);
    expect(sharing.map((queue) => queue.arn)).toEqual([arn]);
    expect(redrivePolicy?.maxReceiveCount).toBeGreaterThanOrEqual(3);
  });

  it.each(workQueues)(
    "processes $name with one event source that reports failures per message",
    (queue) => {
      const [source, ...others] = sources.filter(
        ({ eventSourceArn }) => eventSourceArn === queue.arn,
      );

      expect(others).toEqual([]);
      expect(source?.functionResponseTypes).toEqual(["ReportBatchItemFailures"]);

      const worker = functions.get(source?.functionName ?? "");
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      expect(queue.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * (worker?.timeout ?? 0));
      // The limit protects the table and SES. Lambda accepts 2 to 1,000:
      // https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
      const maximumConcurrency = source?.scalingConfig?.maximumConcurrency;
      expect(maximumConcurrency).toBeGreaterThanOrEqual(2);
      expect(maximumConcurrency).toBeLessThanOrEqual(1_000);
    },
  );

  // New accounts have a quota of 10 concurrent executions, all of which must stay unreserved:
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
  it.each([...functions.values()])("reserves no concurrency for $name", (fn) => {
    expect(fn.reservedConcurrentExecutions).toBeUndefined();
  });

  it.each(sources.filter(({ eventSourceArn }) => eventSourceArn.includes("/stream/")))(
    "sends failed batches to a dead-letter queue: $name",
    (source) => {
      expect(source.functionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      expect(source.bisectBatchOnFunctionError).toBe(true);
      expect(source.maximumRetryAttempts).toBeGreaterThan(0);
      expect(source.maximumRecordAgeInSeconds).toBeGreaterThan(0);
      expect(deadLetters.map(({ arn }) => arn)).toContain(
        source.destinationConfig?.onFailure.destinationArn,
      );
    },
  );

  it("lets Notify postpone messages for 14 days and move them to the dead-letter queue itself", () => {
    const [notifications] = workQueues.filter(({ arn }) => arn.includes("Notifications"));
    const [dead] = deadLetters.filter(({ arn }) => arn.includes("Notifications"));

    expect(notifications?.redrivePolicy?.maxReceiveCount).toBe(1_000);
    expect(notifications?.messageRetentionSeconds).toBe(FOURTEEN_DAYS);

    const allowed = (action: string) =>
      all("aws:iam/role:Role").flatMap(({ inlinePolicies }) =>
        inlinePolicies
          .flatMap(({ policy }) => policy.Statement)
          .filter(({ Action }) => Action.includes(action))
          .flatMap(({ Resource }) => Resource),
      );
    expect(allowed("sqs:ChangeMessageVisibility")).toEqual([notifications?.arn]);
    expect(allowed("sqs:SendMessage").filter((arn) => arn === dead?.arn)).toHaveLength(1);
  });

  it("gives Notify enough time to send a batch at its mail rate", () => {
    const { intervalMs } = links.SendMail as unknown as { intervalMs: number };
    const [source] = sources.filter(({ eventSourceArn }) =>
      eventSourceArn.includes("Notifications"),
    );
    const { timeout = 0 } = functions.get(source?.functionName ?? "") ?? {};

    // 15 s remain for the last mail and for its idempotency record.
    expect(timeout).toBeGreaterThan(((source?.batchSize ?? 0) * intervalMs) / 1000 + 15);
    expect(timeout).toBeLessThanOrEqual(900);
  });
});

describe("divideMailRate", () => {
  it.each([
    {
      mailsPerSecond: 1,
      workers: 2,
      expected: { intervalMs: 2_000, batchSize: 10, timeoutSeconds: 45 },
    },
    {
      mailsPerSecond: 1,
      workers: 5,
      expected: { intervalMs: 5_000, batchSize: 6, timeoutSeconds: 55 },
    },
    {
      mailsPerSecond: 14,
      workers: 5,
      expected: { intervalMs: 358, batchSize: 10, timeoutSeconds: 29 },
    },
    {
      mailsPerSecond: 0.01,
      workers: 2,
      expected: { intervalMs: 200_000, batchSize: 1, timeoutSeconds: 225 },
    },
  ])(
    "returns $expected for $mailsPerSecond mails a second and $workers workers",
    ({ expected, ...settings }) => {
      expect(divideMailRate(settings)).toEqual(expected);
    },
  );
});
