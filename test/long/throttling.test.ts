import type { Inventory } from "@petstore/core/inventory/inventory";
import type { Pet, Species } from "@petstore/core/pets/pet";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiResponse, type Call, clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { completed } from "../support/imports.ts";
import { startOffline } from "../support/offline.ts";
import { queuesOf } from "../support/operator.ts";
import { walk } from "../support/pages.ts";
import { changedProject } from "../support/project.ts";
import { type Passing, refusal } from "../support/proxy.ts";

const codes = ["ThrottlingException", "ProvisionedThroughputExceededException"];
/** Probability that the table throttles an attempt that the SDK repeats, and a last attempt. */
let chance = { attempt: 0, last: 0 };
const calls = { all: 0, throttled: 0 };

/** Whether a call completes a mail's idempotency record. Without the record, the mail is sent again. */
const completesMailRecord = ({ operation, body }: Passing) =>
  operation === "UpdateItem" && body.includes('"mailed#');

const parts = new AsyncDisposableStack();
let call: Call;
let state: string;
beforeAll(async () => {
  const engine = parts.use(
    await startEngineProxy(async (passing) => {
      const last = completesMailRecord(passing) ? 0 : chance.last;
      calls.all++;
      if (Math.random() > (passing.isLastAttempt ? last : chance.attempt)) return passing.pass();
      return refusal(codes[calls.throttled++ % 2] as string, "Rate of requests exceeds the limit");
    }),
  );
  const project = parts.use(
    await changedProject(({ name, state }) => {
      if (/^(Chunks|Notifications)Queue$/.test(name)) {
        // Failed messages are received again soon; on a busy machine so are messages in progress.
        const policy = JSON.parse(state.redrivePolicy as string);
        state.redrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: 100 });
        state.visibilityTimeoutSeconds = 4;
      }
      // Prevents a timeout between a mail and its record on a busy machine.
      if (name === "NotifyFunction") state.timeout = 60;
    }),
  );
  state = project.state;
  const offline = await startOffline(state, { cwd: project.path, ...engine.options });
  parts.defer(async () => void (await offline.stop()));
  call = clientOf(() => offline);
});
afterAll(() => parts.disposeAsync());

const isThrottled = ({ status, headers }: ApiResponse) =>
  [429, 503].includes(status) && Number(headers.get("retry-after")) > 0;

/** Repeats a request until its response has no Retry-After. */
async function callUntilAccepted<T>(...request: Parameters<Call>): Promise<ApiResponse<T>> {
  for (;;) {
    const response = await call<T>(...request);
    if (!isThrottled(response)) return response;
  }
}

const patientCall = ((...request) => callUntilAccepted(...request)) as Call;
const petsOf = (species: Species) => walk(patientCall, `species=${species}&limit=100`);
async function countOf(species: Species): Promise<number> {
  const { body } = await callUntilAccepted<Inventory>("GET", "/api/inventory");
  const { available, pending, adopted } = body.species[species];
  return available + pending + adopted;
}

describe("while DynamoDB throttles", () => {
  it("imports, mails and counts are complete and without duplicates", async () => {
    chance = { attempt: 0.4, last: 0.02 };
    const rows = Array.from({ length: 40 }, (_, n) => ({ name: `Pet ${n}`, species: "rabbit" }));
    const invalidRows = [{ name: "", species: "rabbit" }, { name: "Pet" }];
    const report = await completed(patientCall, [...rows, ...invalidRows]);

    expect(report).toMatchObject({ imported: rows.length, failed: 2 });

    const owned = Array.from({ length: 40 }, (_, n) => `owner-${n}@example.com`);
    for (const ownerEmail of owned) {
      const headers = { "idempotency-key": ownerEmail };
      await callUntilAccepted("POST", "/api/pets", {
        headers,
        body: { name: "Rex", species: "rabbit", ownerEmail },
      });
    }
    const all = rows.length + owned.length;
    expect(await petsOf("rabbit")).toHaveLength(all);

    const queues = queuesOf(state);
    const recipients = () => readMailbox(state).map((mail) => mail.to[0]);
    await expect
      .poll(() => recipients().length, { timeout: 40_000 })
      .toBeGreaterThanOrEqual(owned.length);
    for (const queue of ["Chunks", "Notifications"]) {
      await expect.poll(() => queues.depth(queue), { timeout: 40_000 }).toBe(0);
      expect(await queues.depth(`${queue}DeadLetters`)).toBe(0);
    }
    expect(recipients().toSorted()).toEqual(owned.toSorted());
    await expect.poll(() => countOf("rabbit"), { timeout: 20_000 }).toBe(all);
    expect(calls.throttled / calls.all).toBeGreaterThan(0.2);
  }, 150_000);

  it("the API responds with success or with Retry-After", async () => {
    chance = { attempt: 0.6, last: 0.6 };
    const create = () => call<Pet>("POST", "/api/pets", { body: { name: "Rex", species: "fish" } });
    const responses: ApiResponse[] = [];
    const client = async () => {
      for (let n = 0; n < 5; n++) {
        const created = await create();
        responses.push(created);
        if (created.status !== 201) continue;
        const path = `/api/pets/${created.body.id}`;
        responses.push(await call("PATCH", path, { body: { status: "pending" } }));
        responses.push(await call("GET", path), await call("GET", "/api/pets?species=fish"));
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
    const throttled = responses.filter(isThrottled);

    expect(throttled).not.toHaveLength(0);
    for (const response of responses) {
      if (!isThrottled(response)) expect([200, 201]).toContain(response.status);
    }
    chance = { attempt: 0, last: 0 };
    const made = responses.filter(({ status }) => status === 201).length;
    expect(await petsOf("fish")).toHaveLength(made);
    await expect.poll(() => countOf("fish"), { timeout: 20_000 }).toBe(made);
    expect(await queuesOf(state).depth("StreamFailures")).toBe(0);
  }, 150_000);
});
