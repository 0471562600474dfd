import { setTimeout as sleep } from "node:timers/promises";
import { type Pet, species } from "@petstore/core/pets/pet";
import { type Mail, readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it } from "vitest";
import { clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { mailRecords } from "../support/mail-records.ts";
import { isOfMail, watchMails } from "../support/mail-window.ts";
import { type Offline, startOffline } from "../support/offline.ts";
import { asOperator, queuesOf, runScript } from "../support/operator.ts";
import { walk } from "../support/pages.ts";
import { killFunction } from "../support/processes.ts";
import { changedProject, mailThrough } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";
import { ann } from "../support/users.ts";

const PETS = 1_000;
const CLIENTS = 8;
const PETS_PER_KILL = 8;
const victims = ["PublishEvents", "ProjectInventory", "Notify"];

const eventOf = ({ to, subject }: Mail) => `${to[0]}: ${subject}`;
const mailsByEvent = (state: string) => Map.groupBy(readMailbox(state), eventOf);

describe("the app", () => {
  it("mails every event and counts every pet while functions and the runtime are killed", async () => {
    const watch = watchMails();
    await using ses = await startProxy(() => asOperator(project.state).endpoint, watch.service);
    await using project = await changedProject((resource) => {
      mailThrough(ses.url, resource);
      // Timeouts kill functions too, so that none occurs even on a busy machine.
      if (resource.name === "NotifyFunction") resource.state.timeout = 20;
      // Messages of a killed worker are received again sooner than in the app.
      if (resource.name === "NotificationsQueue") resource.state.visibilityTimeoutSeconds = 30;
    });
    const { state } = project;
    const killNotify = () => watch.killing(() => killFunction(state, "Notify"));
    let completed = 0;
    await using engine = await startEngineProxy(async (passing) => {
      if (!isOfMail(passing)) return passing.pass();
      if (passing.operation !== "UpdateItem") return watch.table(passing);
      // Sometimes kill exactly before and after the idempotency record is completed.
      const turn = ++completed % 400;
      if (turn === 200) {
        await killNotify();
        throw new Error("the caller was killed");
      }
      const response = await watch.table(passing);
      if (turn === 0) await killNotify();
      return response;
    });
    const start = () => startOffline(state, { cwd: project.path, ...engine.options });
    let offline: Offline = await start();
    const call = clientOf(() => offline);

    /** Repeats a request until it has one of the expected statuses, because the runtime may be down. */
    async function retryUntil<T>(
      attempt: () => Promise<{ status: number; body: T }>,
      ...expectedStatuses: number[]
    ) {
      for (;;) {
        const response = await attempt().catch(() => undefined);
        if (response && expectedStatuses.includes(response.status)) return response.body;
        await sleep(50);
      }
    }

    /** Creates and adopts a pet, and deletes every third. Many callers, because mails a day are limited. */
    async function createAndAdopt(n: number) {
      const owned = call.as({ ...ann, sub: `owner-${n % 100}` });
      const headers = { "idempotency-key": `pet-${n}` };
      const ownerEmail = `owner-${n}@example.com`;
      const body = { name: `Pet ${n}`, species: species[n % species.length], ownerEmail };
      const { id } = await retryUntil<Pet>(
        () => owned("POST", "/api/pets", { headers, body }),
        201,
      );
      const path = `/api/pets/${id}`;
      await retryUntil(() => owned("PATCH", path, { body: { status: "adopted" } }), 200);
      if (n % 3 === 0) await retryUntil(() => owned("DELETE", path), 204, 404);
    }

    let next = 0;
    let isRunning = true;
    const client = async () => {
      while (next < PETS) await createAndAdopt(next++);
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => {
      isRunning = false;
    });

    /** Kills random functions, and the whole runtime twice. */
    async function killRepeatedly() {
      const restarts = [PETS / 3, (2 * PETS) / 3];
      while (isRunning) {
        // Pauses depend on progress, not on time, so that a slow machine makes progress too.
        const pause = next + Math.random() * PETS_PER_KILL * 2;
        while (isRunning && next < pause) await sleep(20);
        if (restarts[0] !== undefined && next > restarts[0]) {
          restarts.shift();
          await watch.killing(offline.kill);
          offline = await start();
        } else {
          const victim = victims[Math.floor(Math.random() * victims.length)] as string;
          if (victim === "Notify") await killNotify();
          else killFunction(state, victim);
        }
      }
    }
    await Promise.all([clients, killRepeatedly()]);

    const expected = Array.from({ length: PETS }, (_, n) => [
      `owner-${n}@example.com: Your pet is registered`,
      `owner-${n}@example.com: Your pet has been adopted`,
    ]).flat();
    // Interrupted messages are received again and may be mailed again; dead letters are redriven.
    const { depth } = queuesOf(state);
    const isSettled = async () => {
      if ((await depth("Notifications")) > 0) return false;
      if ((await depth("NotificationsDeadLetters")) > 0) {
        await runScript(state, ["redrive", "notifications"]);
        return false;
      }
      return mailsByEvent(state).size === expected.length;
    };
    await expect.poll(isSettled, { timeout: 300_000, interval: 250 }).toBe(true);
    const mailed = mailsByEvent(state);

    expect([...mailed.keys()].toSorted()).toEqual(expected.toSorted());

    const keys = await mailRecords(engine.endpoint);
    let killed = 0;
    for (const [event, mails] of mailed) killed += watch.expectExplained(mails, keys.get(event));
    expect(killed).toBeGreaterThan(0);

    const pets = await walk(call, "limit=100");
    expect(pets).toHaveLength(PETS - Math.ceil(PETS / 3));
    const counted: Record<string, number> = {};
    for (const { species: kind, status } of pets) {
      counted[`${kind} ${status}`] = (counted[`${kind} ${status}`] ?? 0) + 1;
    }
    async function inventory() {
      const path = "/api/inventory";
      const { body } = await call<{ species: Record<string, Record<string, number>> }>("GET", path);
      const counts = Object.entries(body.species).flatMap(([kind, byStatus]) =>
        Object.entries(byStatus).map(([status, count]) => [`${kind} ${status}`, count] as const),
      );
      return Object.fromEntries(counts.filter(([, count]) => count !== 0));
    }
    await expect.poll(inventory, { timeout: 60_000 }).toEqual(counted);
    await offline.stop();
  }, 600_000);
});
