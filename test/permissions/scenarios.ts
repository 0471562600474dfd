import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Inventory } from "@petstore/core/inventory/inventory";
import { loadGraph } from "@petstore/offline/graph/load";
import { type EndpointFile, findEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { expect } from "vitest";
import { aPet, type Call, clientOf } from "../support/api.ts";
import { type Report, send } from "../support/imports.ts";
import { type Offline, projectRoot } from "../support/offline.ts";
import type { Page } from "../support/pages.ts";
import { someone } from "../support/users.ts";

/** A running app. */
export interface Running {
  call: Call;
  /** The folder of its state. */
  state: string;
  /** Aborted when scenarios must stop waiting for asynchronous work. */
  signal: AbortSignal;
}

export const createRunning = (offline: Offline, signal: AbortSignal): Running => ({
  call: clientOf(() => offline),
  state: offline.state,
  signal,
});

/**
 * A scenario for each function that uses all of its permissions and fails without one of them. Scenarios
 * use other functions too, and can run concurrently.
 */
export const scenarios: Record<string, (app: Running) => Promise<void>> = {
  async GetHealth({ call }) {
    expect(await call("GET", "/api/health")).toMatchObject({ status: 200 });
  },

  async CreatePet({ call }) {
    await aPet(call);
  },

  async GetPet({ call }) {
    const { id } = await aPet(call);
    expect(await call("GET", `/api/pets/${id}`)).toMatchObject({ status: 200, body: { id } });
  },

  async ReplacePet({ call }) {
    const { id } = await aPet(call);
    const body = { name: "Max", species: "dog", tags: [], status: "pending" };
    expect(await call("PUT", `/api/pets/${id}`, { body })).toMatchObject({ status: 200, body });
  },

  async PatchPet({ call }) {
    const { id } = await aPet(call);
    const body = { status: "adopted" };
    expect(await call("PATCH", `/api/pets/${id}`, { body })).toMatchObject({ status: 200, body });
  },

  async DeletePet({ call }) {
    const { id } = await aPet(call);
    expect(await call("DELETE", `/api/pets/${id}`)).toMatchObject({ status: 204 });
  },

  async ListPets({ call, signal }) {
    const { id, ownerId: owner } = await aPet(call, { species: "fish" });
    const filters = ["", "species=fish", `owner=${owner}`, `species=fish&owner=${owner}`];
    for (const query of filters.flatMap((filter) => [filter, `status=available&${filter}`])) {
      await eventually(signal, async () => {
        const { status, body } = await call<Page>("GET", `/api/pets?limit=100&${query}`);
        expect(status).toBe(200);
        expect(body.items.map((pet) => pet.id)).toContain(id);
      });
    }
  },

  async CreateImport({ call }) {
    const headers = { "idempotency-key": randomUUID() };
    const rows = [{ name: "Rex", species: "dog" }];
    for (const replayed of [null, "true"]) {
      const response = await send(call, rows, headers);
      expect(response.status).toBe(202);
      expect(response.headers.get("idempotency-replayed")).toBe(replayed);
    }
  },

  async GetImport({ call }) {
    const { body } = await send(call, [{ name: "Rex", species: "dog" }]);
    const response = await call<Report>("GET", `/api/imports/${body.id}`);
    expect(response).toMatchObject({ status: 200, body: { id: body.id, rows: 1 } });
  },

  async ImportChunk({ call, signal }) {
    const { body } = await send(call, [{ name: "Rex", species: "dog" }, { name: "Otto" }]);
    await eventually(signal, async () => {
      const report = await call<Report>("GET", `/api/imports/${body.id}`);
      const completed = { state: "completed", imported: 1, errors: [{ row: 2 }] };
      expect(report).toMatchObject({ status: 200, body: completed });
    });
  },

  async GetInventory({ call }) {
    expect(await call("GET", "/api/inventory")).toMatchObject({ status: 200 });
  },

  async ProjectInventory({ call, signal }) {
    const reptiles = async () =>
      (await call<Inventory>("GET", "/api/inventory")).body.species.reptile.available;
    const before = await reptiles();
    await aPet(call, { species: "reptile" });
    await eventually(signal, async () => expect(await reptiles()).toBe(before + 1));
  },

  async GetOpenApi({ call }) {
    expect(await call("GET", "/api/openapi.json")).toMatchObject({ status: 200 });
  },

  async GetDocs({ call }) {
    expect(await call("GET", "/api/docs")).toMatchObject({ status: 200 });
  },

  async GetDocsFile({ call }) {
    expect(await call("GET", "/api/docs/swagger-ui.css")).toMatchObject({ status: 200 });
  },

  async CustomizeToken({ call, state, signal }) {
    const email = `${randomUUID()}@example.com`;
    await aPet(call.as({ ...someone(), email }));
    await eventually(signal, () => expect(addressesIn(state)).toContain(email));
  },

  async PublishEvents(app) {
    await waitForMailOfNewPet(app);
  },

  async Notify(app) {
    await waitForMailOfNewPet(app);
    // Notify deletes a message only after its idempotency record is complete.
    await eventually(app.signal, async () =>
      expect(await countMessages("Notifications", app)).toBe(0),
    );
  },

  async Warmer({ state, signal }) {
    const lambda = new LambdaClient(asOperator(state));
    const invoke = new InvokeCommand({ FunctionName: linkOf("Warmer").name as string });
    // On a busy machine the first round may time out, because many functions are built for it.
    await eventually(signal, async () => {
      const { FunctionError, Payload } = await lambda.send(invoke);
      expect(FunctionError, Payload?.transformToString()).toBeUndefined();
    });
  },
};

/** Repeats a check until it passes or the signal is aborted. */
async function eventually(signal: AbortSignal, check: () => unknown): Promise<void> {
  for (;;) {
    try {
      return void (await check());
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(50);
    }
  }
}

async function waitForMailOfNewPet({ call, state, signal }: Running): Promise<void> {
  const ownerEmail = `${randomUUID()}@example.com`;
  await aPet(call, { ownerEmail });
  await eventually(signal, () => expect(addressesIn(state)).toContain(ownerEmail));
}

const addressesIn = (state: string) => readMailbox(state).flatMap(({ to }) => to);

async function countMessages(queue: string, { state }: Running): Promise<number> {
  const sqs = new SQSClient({ ...asOperator(state), useQueueUrlAsEndpoint: false });
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: linkOf(queue).url as string,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

function asOperator(state: string) {
  const { url, ...credentials } = findEndpoint(state) as EndpointFile;
  return { endpoint: url, region: "us-east-1", credentials };
}

const linkOf = (name: string) => loadGraph("offline", projectRoot).links[name] ?? {};
