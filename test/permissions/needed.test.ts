import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Offline, startOffline } from "../support/offline.ts";
import { describeGrant, exceptionFor, type Grant, listGrants } from "./grants.ts";
import { createAppWithout } from "./mutation.ts";
import { createRunning, scenarios } from "./scenarios.ts";

/** After a denied call, a scenario may still succeed within this time. */
const GRACE_MS = 4_000;

const outcomes: [grant: string, failure: string][] = [];
afterAll(() => {
  const width = Math.max(...outcomes.map(([grant]) => grant.length));
  const lines = outcomes.map(([grant, failure]) => `${grant.padEnd(width)}  ${failure}`);
  console.log(["Failures without each grant:", ...lines.sort()].join("\n"));
});

const testedGrants = listGrants("offline").filter((grant) => !exceptionFor(grant));

describe.concurrent("the app fails without the grant", () => {
  it.each(testedGrants.map((grant) => [describeGrant(grant), grant] as const))(
    "%s",
    async (name, grant) => {
      await using app = await createAppWithout(grant);
      const failure = await findFailure(grant, app.path, app.state);
      const [line = ""] = failure.split("\n");
      outcomes.push([name, line.replace(/^\{.*\}: (?=expected)/, "")]);

      const { caller, action, resource } = grant;
      const denied = { function: caller, action, resource, allowed: false };
      const decisions = readDecisions(app.state);

      expect(decisions).toContainEqual(denied);
      expect(decisions.filter(({ allowed }) => !allowed)).toEqual([denied]);
      // Notify deletes the idempotency record of a rejected mail.
      if (action === "ses:SendEmail") {
        const cleanup = { function: caller, action: "dynamodb:DeleteItem", allowed: true };
        expect(decisions).toContainEqual(expect.objectContaining(cleanup));
      }
    },
  );
});

/**
 * Returns the error of the start or of the function's scenario.
 *
 * @throws {Error} Neither fails.
 */
async function findFailure({ caller, action }: Grant, cwd: string, state: string): Promise<string> {
  let offline: Offline;
  try {
    offline = await startOffline(state, { cwd });
  } catch (error) {
    const [startError] = /^.* cannot run: .*$/m.exec((error as Error).message) ?? [];
    return startError ?? Promise.reject(error);
  }
  const denial = new AbortController();
  const waiting = offline.printed(new RegExp(`${caller} may not ${action} `)).then(
    () => setTimeout(() => denial.abort(), GRACE_MS),
    () => {},
  );
  try {
    const scenario = scenarios[caller] as (typeof scenarios)[string];
    await scenario(createRunning(offline, denial.signal));
  } catch (error) {
    return (error as Error).message;
  } finally {
    await offline.stop();
    clearTimeout((await waiting) ?? undefined);
  }
  throw new Error(`The scenario of ${caller} succeeds without this grant: remove the grant.`);
}

function readDecisions(state: string) {
  return readFileSync(join(state, "permissions.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
