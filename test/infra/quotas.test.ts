import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNITS_PER_SECOND } from "@petstore/core/imports/import-chunk";
import { SHARDS } from "@petstore/core/pets/pet-item";
import { describe, expect, inject, it } from "vitest";
import { graphOf, typed } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";

/** Quotas of a new account, and those that cannot be raised. */
const quotas = { reserved: 0, routes: 300, indexes: 20, alarms: 5_000, metrics: 2_500 };

const document = readFileSync(join(projectRoot, "docs/aws.md"), "utf8");

/** Returns the cells of a row of the table of quotas. */
const rowOf = (quota: string) =>
  document
    .split("\n")
    .find((line) => line.startsWith(`| ${quota} |`))
    ?.split(" | ")
    .map((cell) => cell.trim());

/** Returns what a stage uses of each quota, in the wording of the table. */
function usageOf({ all, links, resources }: ReturnType<typeof typed>) {
  const sources = all("aws:lambda/eventSourceMapping:EventSourceMapping");
  const workers = sources.flatMap(({ scalingConfig, batchSize }) =>
    scalingConfig ? { concurrency: scalingConfig.maximumConcurrency, batchSize } : [],
  );
  const { functionArns, instances } = links.InvokeApi as {
    functionArns: string[];
    instances: number;
  };
  const isScheduled = resources.some(({ type }) => type === "aws:scheduler/schedule:Schedule");
  const [stage] = all("aws:apigatewayv2/stage:Stage");
  const [table] = all("aws:dynamodb/table:Table");
  const widgets = all("aws:cloudwatch/dashboard:Dashboard").flatMap(
    ({ dashboardBody }) => dashboardBody.widgets,
  );
  const reserved = all("aws:lambda/function:Function").map(
    (fn) => fn.reservedConcurrentExecutions ?? 0,
  );
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const format = (number = Number.NaN) => number.toLocaleString("en-US");
  return {
    "Lambda: concurrent executions": [
      `${sum(workers.map(({ concurrency }) => concurrency))} workers`,
      `${sources.length - workers.length} stream consumers`,
      // The warmer runs while all its pings run.
      `${isScheduled ? functionArns.length * instances + 1 : 0} warmer`,
    ].join(" + "),
    "Lambda: reserved concurrency": format(sum(reserved)),
    "Lambda: maximum concurrency of an event source": workers
      .map(({ concurrency }) => format(concurrency))
      .join(" and "),
    "API Gateway: requests a second": format(stage?.defaultRouteSettings.throttlingRateLimit),
    "API Gateway: burst": format(stage?.defaultRouteSettings.throttlingBurstLimit),
    "API Gateway: routes of an API": format(all("aws:apigatewayv2/route:Route").length),
    "DynamoDB: indexes of a table": format(table?.globalSecondaryIndexes.length),
    "SQS: messages in flight in a queue": workers
      .map(({ concurrency, batchSize }) => format(concurrency * batchSize))
      .join(" and "),
    "IAM: roles of the account": format(all("aws:iam/role:Role").length),
    "CloudWatch: alarms": format(all("aws:cloudwatch/metricAlarm:MetricAlarm").length),
    "CloudWatch: metrics of a dashboard": format(
      sum(widgets.map(({ properties }) => properties.metrics.length)),
    ),
    "X-Ray: sampling rules": format(all("aws:xray/samplingRule:SamplingRule").length),
  };
}

const production = graphOf("production");
const personal = typed(inject("personalStage"));

describe("the table of quotas in docs/aws.md", () => {
  it.each(Object.keys(usageOf(production)))("matches what the stages use: %s", (quota) => {
    const [used, usedPersonally] = [production, personal].map(
      (graph) => usageOf(graph)[quota as keyof ReturnType<typeof usageOf>],
    );

    const [, , inProduction, inPersonalStage] = rowOf(quota) ?? [];

    expect([inProduction, inPersonalStage]).toEqual([used, usedPersonally]);
  });

  it("allows both stages in a new account", () => {
    for (const graph of [production, personal]) {
      const used = usageOf(graph);
      expect(Number(used["Lambda: reserved concurrency"])).toBe(quotas.reserved);
      expect(Number(used["API Gateway: routes of an API"])).toBeLessThanOrEqual(quotas.routes);
      expect(Number(used["DynamoDB: indexes of a table"])).toBeLessThanOrEqual(quotas.indexes);
      expect(Number(used["CloudWatch: alarms"])).toBeLessThanOrEqual(quotas.alarms);
      expect(Number(used["CloudWatch: metrics of a dashboard"])).toBeLessThanOrEqual(
        quotas.metrics,
      );
    }
  });
});

describe("the table of write ceilings in docs/aws.md", () => {
  /** Write units a second that DynamoDB accepts for one partition key. */
  const UNITS_PER_KEY = 1_000;

  function writesOf({ all, resources }: ReturnType<typeof typed>) {
    const [stage] = all("aws:apigatewayv2/stage:Stage");
    const queue = resources.find(({ name }) => name === "ChunksQueue");
    const source = all("aws:lambda/eventSourceMapping:EventSourceMapping").find(
      ({ eventSourceArn }) => eventSourceArn === queue?.state.arn,
    );
    const workers = source?.scalingConfig?.maximumConcurrency ?? Number.NaN;
    return {
      api: stage?.defaultRouteSettings.throttlingRateLimit ?? Number.NaN,
      imports: workers * UNITS_PER_SECOND,
    };
  }

  it("matches what the stages write, at most half of each list's ceiling", () => {
    const format = (number: number) => number.toLocaleString("en-US");
    const cells = [production, personal].map((graph) => {
      const { api, imports } = writesOf(graph);
      expect(api + imports).toBeLessThanOrEqual((SHARDS * UNITS_PER_KEY) / 2);
      expect(imports).toBeLessThanOrEqual(UNITS_PER_KEY);
      return `API ${format(api)} + imports ${format(imports)} = ${format(api + imports)}`;
    });

    const row = rowOf(`one list (all pets, a species, an owner …): ${SHARDS} shards`);

    expect(row?.slice(1)).toEqual([
      `${format(SHARDS * UNITS_PER_KEY)} units/s`,
      cells[0],
      `${cells[1]} |`,
    ]);
  });
});
