import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Decision } from "@petstore/offline/services/iam/decision-log";
import { beforeAll, describe, expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";
import { exceptionOf, grantsOf, short } from "./grants.ts";
import { running, scenarios } from "./scenarios.ts";

const grants = grantsOf("offline");
const offline = await ownOffline();
let decisions: Decision[];

beforeAll(async () => {
  const app = running(offline, AbortSignal.timeout(90_000));
  await Promise.all(Object.values(scenarios).map((scenario) => scenario(app)));
  decisions = readFileSync(join(offline.state, "permissions.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}, 120_000);

const isUsed = ({ caller, action, resource }: (typeof grants)[number]) =>
  decisions.some(
    (decision) =>
      decision.function === caller && decision.action === action && decision.resource === resource,
  );

it("there is a scenario for every function", () => {
  const functions = grants.filter(({ action }) => action.startsWith("logs:"));
  expect(Object.keys(scenarios).sort()).toEqual(
    [...new Set(functions.map(({ caller }) => caller))].sort(),
  );
});

it("nothing was refused", () => {
  expect(decisions.filter(({ allowed }) => !allowed)).toEqual([]);
});

describe("is used:", () => {
  const demanded = grants.filter((grant) => !exceptionOf(grant));
  it.each(demanded.map((grant) => [short(grant), grant] as const))("%s", (_, grant) => {
    expect(isUsed(grant)).toBe(true);
  });
});

it("no exception is needed for what is used", () => {
  expect(grants.filter((grant) => exceptionOf(grant) && isUsed(grant))).toEqual([]);
});
