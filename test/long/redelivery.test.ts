import type { Inventory } from "@petstore/core/inventory/inventory";
import type { Species } from "@petstore/core/pets/pet";
import { serveApp } from "@petstore/offline/cli/serve";
import { loadGraph } from "@petstore/offline/graph/load";
import { services } from "@petstore/offline/services/index";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { openState } from "@petstore/offline/state/state";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { completed } from "../support/imports.ts";
import { projectRoot, temporaryFolder } from "../support/offline.ts";
import { queuesOf } from "../support/operator.ts";
import { walk } from "../support/pages.ts";
import { tokensOf } from "../support/tokens.ts";

const control = await vi.hoisted(async () => (await import("../support/twice.ts")).deliverTwice());
/** Puts a proxy between the runtime and its SQS. */
vi.mock("@petstore/offline/services/sqs/server", async (original) => {
  const { startSqs } = await original<typeof import("@petstore/offline/services/sqs/server")>();
  const start: typeof startSqs = async (options) => control.before(await startSqs(options));
  return { startSqs: start };
});

const parts = new AsyncDisposableStack();
const lines: string[] = [];
let state: string;
let served: Parameters<typeof clientOf>[0];
const call = clientOf(() => served());

beforeAll(async () => {
  state = parts.use(await temporaryFolder()).path;
  const opened = parts.adopt(openState(state), (resource) => resource.close());
  const runtime = parts.adopt(
    await serveApp({
      graph: loadGraph("offline", projectRoot),
      services,
      projectRoot,
      state: opened,
      port: 0,
      settings: {},
      verbose: true,
      log: (line) => lines.push(line),
      onFailure: (reason) => console.error(reason),
    }),
    (resource) => resource.close(),
  );
  const token = tokensOf(state);
  served = () => ({ url: runtime.appUrls[0] as string, token });
});
afterAll(() => parts.disposeAsync());

/** Rows of an import. Every second one has an owner's address, but imports send no mail. */
const ROWS = 60;
/** Pets that are created singly and then adopted. Their owners receive a mail for both events. */
const CREATED = 10;
const invalidRows = [7, 20, 51];

/**
 * Imports pets of a species, changes and deletes some of them, creates others and adopts them.
 *
 * @param onEdited called after the imported pets have been changed
 * @returns the result when all messages are processed
 */
async function useApp(species: Species, onEdited = () => {}) {
  const ownerOf = (n: number) => ({ ownerEmail: `${n}@${species}.example.com` });
  const rows = Array.from({ length: ROWS }, (_, n) => ({
    name: invalidRows.includes(n) ? "" : `Pet ${n}`,
    species,
    ...(n % 2 === 1 && ownerOf(n)),
  }));
  const { imported, failed, errors } = await completed(call, rows);
  const pets = () => walk(call, `species=${species}&limit=100`);
  const all = await pets();
  const pathOf = (name: string) => `/api/pets/${all.find((pet) => pet.name === name)?.id}`;
  await call("PATCH", pathOf("Pet 1"), { body: { breed: "Edited" } });
  await call("PATCH", pathOf("Pet 2"), { body: { name: "Edited", status: "pending" } });
  await call("DELETE", pathOf("Pet 3"));
  onEdited();
  for (let n = 0; n < CREATED; n++) {
    const { id } = await aPet(call, { species, name: `Created ${n}`, ...ownerOf(ROWS + n) });
    await call("PATCH", `/api/pets/${id}`, { body: { status: "adopted" } });
  }

  const expectedMails = 2 * CREATED;
  const mails = () =>
    readMailbox(state)
      .map(({ to, subject }) => `${to[0]}: ${subject}`)
      .filter((mail) => mail.includes(`@${species}.`));
  const inventory = async () => (await call<Inventory>("GET", "/api/inventory")).body;
  const queues = queuesOf(state);
  await expect.poll(mails, { timeout: 30_000 }).toSatisfy(({ length }) => length >= expectedMails);
  for (const queue of ["Chunks", "Notifications"]) {
    await expect.poll(() => queues.depth(queue), { timeout: 30_000 }).toBe(0);
  }
  const count = (await pets()).length;
  const counted = async () => {
    const { available, pending, adopted } = (await inventory()).species[species];
    return available + pending + adopted;
  };
  await expect.poll(counted, { timeout: 30_000 }).toBe(count);

  const withoutSpecies = (mail: string) => mail.replace(species, "");
  return {
    report: { imported, failed, errors },
    pets: (await pets())
      .map(({ name, breed, status, version }) => [name, breed, status, version])
      .sort(),
    inventory: (await inventory()).species[species],
    mails: mails().map(withoutSpecies).sort(),
    expectedMails,
  };
}

describe("the app", () => {
  it("has the same result when SQS delivers every message twice", async () => {
    const once = await useApp("rabbit");

    expect(once.mails).toHaveLength(once.expectedMails);
    expect(once.report).toMatchObject({
      imported: ROWS - invalidRows.length,
      failed: invalidRows.length,
    });
    const before = new Set(control.deliveries.keys());

    // SQS delivers the chunks again after their pets have been changed.
    const edited = Promise.withResolvers<void>();
    Object.assign(control, { on: true, held: edited.promise });
    expect(await useApp("fish", edited.resolve)).toEqual(once);
    const again = [...control.deliveries].filter(([id]) => !before.has(id));
    expect(again.length).toBeGreaterThanOrEqual(2 + once.expectedMails);
    for (const [id, times] of again) expect(times, id).toBe(2);
    expect(lines.filter((line) => line.includes("chunk was imported before"))).toHaveLength(2);
  }, 150_000);
});
