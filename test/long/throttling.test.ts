import type { Inventory } from "@petstore/core/inventory/inventory";
import type { Pet, Species } from "@petstore/core/pets/pet";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, type Call, clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { completed } from "../support/imports.ts";
import { startOffline } from "../support/offline.ts";
import { queuesOf } from "../support/operator.ts";
import { walk } from "../support/pages.ts";
import { changedProject } from "../support/project.ts";
import { type Passing, refusal } from "../support/proxy.ts";

const codes = ["ThrottlingException", "ProvisionedThroughputExceededException"];
/** How likely the table refuses a call of a function: attempts that will be repeated, and last ones. */
let chance = { attempt: 0, last: 0 };
const calls = { all: 0, refused: 0 };

/** A mail that has been sent and cannot be remembered is sent again. That window is known, and not opened. */
const remembersMail = ({ operation, body }: Passing) =>
  operation === "UpdateItem" && body.includes('"mailed#');

const parts = new AsyncDisposableStack();
let call: Call;
let state: string;
beforeAll(async () => {
  const engine = parts.use(
    await startEngineProxy(async (passing) => {
      const last = remembersMail(passing) ? 0 : chance.last;
      calls.all++;
      if (Math.random() > (passing.isLastAttempt ? last : chance.attempt)) return passing.pass();
      return refusal(codes[calls.refused++ % 2] as string, "Rate of requests exceeds the limit");
    }),
  );
  const project = parts.use(
    await changedProject(({ name, state }) => {
      if (/^(Chunks|Notifications)Queue$/.test(name)) {
        // What failed comes again soon, and so, on a busy machine, does what is still being done.
        const policy = JSON.parse(state.redrivePolicy as string);
        state.redrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: 100 });
        state.visibilityTimeoutSeconds = 4;
      }
      // No worker shall run out of time between a mail and its record, however busy the machine.
      if (name === "NotifyFunction") state.timeout = 60;
    }),
  );
  state = project.state;
  const offline = await startOffline(state, { cwd: project.path, ...engine.options });
  parts.defer(async () => void (await offline.stop()));
  call = clientOf(() => offline);
});
afterAll(() => parts.disposeAsync());

const isRefusal = ({ status, headers }: Answer) =>
  [429, 503].includes(status) && Number(headers.get("retry-after")) > 0;

/** Repeats a request for as long as it is told to come again later. */
async function insist<T>(...request: Parameters<Call>): Promise<Answer<T>> {
  for (;;) {
    const answer = await call<T>(...request);
    if (!isRefusal(answer)) return answer;
  }
}

const stubborn = ((...request) => insist(...request)) as Call;
const petsOf = (species: Species) => walk(stubborn, `species=${species}&limit=100`);
async function countOf(species: Species): Promise<number> {
  const { body } = await insist<Inventory>("GET", "/api/inventory");
  const { available, pending, adopted } = body.species[species];
  return available + pending + adopted;
}

it("an import ends complete, mails arrive, and nothing is lost or done twice", async () => {
  chance = { attempt: 0.4, last: 0.02 };
  const rows = Array.from({ length: 40 }, (_, n) => ({ name: `Pet ${n}`, species: "rabbit" }));
  const bad = [{ name: "", species: "rabbit" }, { name: "Pet" }];
  const report = await completed(stubborn, [...rows, ...bad]);
  expect(report).toMatchObject({ imported: rows.length, failed: 2 });

  const owned = Array.from({ length: 40 }, (_, n) => `owner-${n}@example.com`);
  for (const ownerEmail of owned) {
    const headers = { "idempotency-key": ownerEmail };
    await insist("POST", "/api/pets", {
      headers,
      body: { name: "Rex", species: "rabbit", ownerEmail },
    });
  }
  const all = rows.length + owned.length;
  expect(await petsOf("rabbit")).toHaveLength(all);

  const queues = queuesOf(state);
  const to = () => readMailbox(state).map((mail) => mail.to[0]);
  await expect.poll(() => to().length, { timeout: 40_000 }).toBeGreaterThanOrEqual(owned.length);
  for (const queue of ["Chunks", "Notifications"]) {
    await expect.poll(() => queues.depth(queue), { timeout: 40_000 }).toBe(0);
    expect(await queues.depth(`${queue}DeadLetters`)).toBe(0);
  }
  expect(to().toSorted()).toEqual(owned.toSorted());
  await expect.poll(() => countOf("rabbit"), { timeout: 20_000 }).toBe(all);
  expect(calls.refused / calls.all).toBeGreaterThan(0.2);
}, 150_000);

it("the API asks to come again later, at worst", async () => {
  chance = { attempt: 0.6, last: 0.6 };
  const create = () => call<Pet>("POST", "/api/pets", { body: { name: "Rex", species: "fish" } });
  const answers: Answer[] = [];
  const client = async () => {
    for (let n = 0; n < 5; n++) {
      const created = await create();
      answers.push(created);
      if (created.status !== 201) continue;
      const path = `/api/pets/${created.body.id}`;
      answers.push(await call("PATCH", path, { body: { status: "pending" } }));
      answers.push(await call("GET", path), await call("GET", "/api/pets?species=fish"));
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  const refused = answers.filter(isRefusal);
  expect(refused).not.toHaveLength(0);
  for (const answer of answers) {
    if (!isRefusal(answer)) expect([200, 201]).toContain(answer.status);
  }
  chance = { attempt: 0, last: 0 };
  const made = answers.filter(({ status }) => status === 201).length;
  expect(await petsOf("fish")).toHaveLength(made);
  await expect.poll(() => countOf("fish"), { timeout: 20_000 }).toBe(made);
  expect(await queuesOf(state).depth("StreamFailures")).toBe(0);
}, 150_000);
