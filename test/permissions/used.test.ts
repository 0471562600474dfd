import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Decision } from "@petstore/offline/services/iam/authorize";
import { beforeAll, describe, expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";
import { describeGrant, exceptionFor, listGrants } from "./grants.ts";
import { createRunning, scenarios } from "./scenarios.ts";

const grants = listGrants("offline");
const offline = await ownOffline();
let decisions: Decision[];

beforeAll(async () => {
  const app = createRunning(offline, AbortSignal.timeout(90_000));
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

describe("the scenarios", () => {
  it("exist for every function", () => {
    const functions = grants.filter(({ action }) => action.startsWith("logs:"));

    expect(Object.keys(scenarios).sort()).toEqual(
      [...new Set(functions.map(({ caller }) => caller))].sort(),
    );
  });

  it("are denied nothing", () => {
    expect(decisions.filter(({ allowed }) => !allowed)).toEqual([]);
  });

  it("use no grant that is listed as an exception", () => {
    expect(grants.filter((grant) => exceptionFor(grant) && isUsed(grant))).toEqual([]);
  });
});

describe("the scenarios use the grant", () => {
  const testedGrants = grants.filter((grant) => !exceptionFor(grant));
  it.each(testedGrants.map((grant) => [describeGrant(grant), grant] as const))("%s", (_, grant) => {
    expect(isUsed(grant)).toBe(true);
  });
});
