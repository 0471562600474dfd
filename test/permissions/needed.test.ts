import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Offline, startOffline } from "../support/offline.ts";
import { exceptionOf, type Grant, grantsOf, short } from "./grants.ts";
import { appWithout } from "./mutation.ts";
import { running, scenarios } from "./scenarios.ts";

/** Milliseconds in which a scenario may still succeed after it was refused something. */
const GRACE = 4_000;

const outcomes: [grant: string, failure: string][] = [];
afterAll(() => {
  const width = Math.max(...outcomes.map(([grant]) => grant.length));
  const lines = outcomes.map(([grant, failure]) => `${grant.padEnd(width)}  ${failure}`);
  console.log(["Without it:", ...lines.sort()].join("\n"));
});

const demanded = grantsOf("offline").filter((grant) => !exceptionOf(grant));

describe.concurrent("is needed:", () => {
  it.each(demanded.map((grant) => [short(grant), grant] as const))("%s", async (name, grant) => {
    await using app = await appWithout(grant);
    const failure = await failureOf(grant, app.path, app.state);
    const [line = ""] = failure.split("\n");
    outcomes.push([name, line.replace(/^\{.*\}: (?=expected)/, "")]);

    const { caller, action, resource } = grant;
    const refused = { function: caller, action, resource, allowed: false };
    const decisions = decisionsOf(app.state);
    expect(decisions).toContainEqual(refused);
    expect(decisions.filter(({ allowed }) => !allowed)).toEqual([refused]);
    // What a mail that was refused leaves behind is taken away again.
    if (action === "ses:SendEmail") {
      const remedy = { function: caller, action: "dynamodb:DeleteItem", allowed: true };
      expect(decisions).toContainEqual(expect.objectContaining(remedy));
    }
  });
});

/** How the app, or the scenario of the function, fails; throws when neither does. */
async function failureOf({ caller, action }: Grant, cwd: string, state: string): Promise<string> {
  let offline: Offline;
  try {
    offline = await startOffline(state, { cwd });
  } catch (error) {
    const [refusal] = /^.* cannot run: .*$/m.exec((error as Error).message) ?? [];
    return refusal ?? Promise.reject(error);
  }
  const refused = new AbortController();
  const waiting = offline.printed(new RegExp(`${caller} may not ${action} `)).then(
    () => setTimeout(() => refused.abort(), GRACE),
    () => {},
  );
  try {
    const scenario = scenarios[caller] as (typeof scenarios)[string];
    await scenario(running(offline, refused.signal));
  } catch (error) {
    return (error as Error).message;
  } finally {
    await offline.stop();
    clearTimeout((await waiting) ?? undefined);
  }
  throw new Error(`${caller} does all it should without it: the grant is not needed.`);
}

function decisionsOf(state: string) {
  return readFileSync(join(state, "permissions.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
