import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNITS_PER_SECOND } from "@petstore/core/imports/import-chunk";
import { SHARDS } from "@petstore/core/pets/pet-item";
import { beforeAll, describe, expect, it } from "vitest";
import { graphOf, typed } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";
import { synthesizeVariant } from "../support/variant.ts";

/** The quotas that a new account begins with, and those that cannot be raised. */
const quotas = { reserved: 0, routes: 300, indexes: 20, alarms: 5_000, metrics: 2_500 };

const document = readFileSync(join(projectRoot, "docs/aws.md"), "utf8");

/** The cells of a row of the table of quotas, without links. */
const rowOf = (quota: string) =>
  document
    .split("\n")
    .find((line) => line.startsWith(`| ${quota} |`))
    ?.split(" | ")
    .map((cell) => cell.trim());

/** What a stage uses, by quota, in the words of the table. */
function usedBy({ all, links, resources }: ReturnType<typeof typed>) {
  const sources = all("aws:lambda/eventSourceMapping:EventSourceMapping");
  const workers = sources.flatMap(({ scalingConfig, batchSize }) =>
    scalingConfig ? { most: scalingConfig.maximumConcurrency, batchSize } : [],
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
  const figure = (number = Number.NaN) => number.toLocaleString("en-US");
  return {
    "Lambda: concurrent executions": [
      `${sum(workers.map(({ most }) => most))} workers`,
      `${sources.length - workers.length} stream consumers`,
      // The warmer waits while all its pings are under way.
      `${isScheduled ? functionArns.length * instances + 1 : 0} warmer`,
    ].join(" + "),
    "Lambda: reserved concurrency": figure(sum(reserved)),
    "Lambda: maximum concurrency of an event source": workers
      .map(({ most }) => figure(most))
      .join(" and "),
    "API Gateway: requests a second": figure(stage?.defaultRouteSettings.throttlingRateLimit),
    "API Gateway: burst": figure(stage?.defaultRouteSettings.throttlingBurstLimit),
    "API Gateway: routes of an API": figure(all("aws:apigatewayv2/route:Route").length),
    "DynamoDB: indexes of a table": figure(table?.globalSecondaryIndexes.length),
    "SQS: messages in flight in a queue": workers
      .map(({ most, batchSize }) => figure(most * batchSize))
      .join(" and "),
    "IAM: roles of the account": figure(all("aws:iam/role:Role").length),
    "CloudWatch: alarms": figure(all("aws:cloudwatch/metricAlarm:MetricAlarm").length),
    "CloudWatch: metrics of a dashboard": figure(
      sum(widgets.map(({ properties }) => properties.metrics.length)),
    ),
    "X-Ray: sampling rules": figure(all("aws:xray/samplingRule:SamplingRule").length),
  };
}

const production = graphOf("production");
let personal: ReturnType<typeof typed>;
beforeAll(async () => {
  personal = typed(await synthesizeVariant("alice"));
});

describe("the table of quotas in docs/aws.md", () => {
  it.each(Object.keys(usedBy(production)))("has what the stages use: %s", (quota) => {
    const [used, usedPersonally] = [production, personal].map(
      (graph) => usedBy(graph)[quota as keyof ReturnType<typeof usedBy>],
    );

    const [, , inProduction, inPersonalStage] = rowOf(quota) ?? [];

    expect([inProduction, inPersonalStage]).toEqual([used, usedPersonally]);
  });

  it("is right that both stages can be deployed into a new account", () => {
    for (const graph of [production, personal]) {
      const used = usedBy(graph);
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
  const KEY = 1_000;

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

  it("has what the stages write, and half of each list's ceiling is free", () => {
    const figure = (number: number) => number.toLocaleString("en-US");
    const cells = [production, personal].map((graph) => {
      const { api, imports } = writesOf(graph);
      expect(api + imports).toBeLessThanOrEqual((SHARDS * KEY) / 2);
      expect(imports).toBeLessThanOrEqual(KEY);
      return `API ${figure(api)} + imports ${figure(imports)} = ${figure(api + imports)}`;
    });

    const row = rowOf(`one list (all pets, a species, an owner …): ${SHARDS} shards`);

    expect(row?.slice(1)).toEqual([`${figure(SHARDS * KEY)} units/s`, cells[0], `${cells[1]} |`]);
  });
});
