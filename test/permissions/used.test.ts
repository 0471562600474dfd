import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Decision } from "@petstore/offline/access/record";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Offline, startOffline, temporaryFolder } from "../support/offline.ts";
import { exceptionOf, grantsOf, short } from "./grants.ts";
import { running, scenarios } from "./scenarios.ts";

const grants = grantsOf("offline");
const state = await temporaryFolder();
let offline: Offline;
let decisions: Decision[];

beforeAll(async () => {
  offline = await startOffline(state.path);
  const app = running(offline, state.path, AbortSignal.timeout(90_000));
  await Promise.all(Object.values(scenarios).map((scenario) => scenario(app)));
  decisions = readFileSync(join(state.path, "permissions.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}, 120_000);

afterAll(async () => {
  await offline?.stop();
  await state[Symbol.asyncDispose]();
});

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
