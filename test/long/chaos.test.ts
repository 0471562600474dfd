import { setTimeout as sleep } from "node:timers/promises";
import { type Pet, species } from "@petstore/core/pets/pet";
import { type Mail, readMailbox } from "@petstore/offline/services/ses/mailbox";
import { expect, it } from "vitest";
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
const LIVES_PER_KILL = 8;
const victims = ["PublishEvents", "ProjectInventory", "Notify"];

const eventOf = ({ to, subject }: Mail) => `${to[0]}: ${subject}`;
const mailsByEvent = (state: string) => Map.groupBy(readMailbox(state), eventOf);

it("mails every event and counts every pet, whatever is killed meanwhile", async () => {
  const watch = watchMails();
  await using ses = await startProxy(() => asOperator(project.state).endpoint, watch.service);
  await using project = await changedProject((resource) => {
    mailThrough(ses.url, resource);
    // Lambda kills, too, what runs out of time; here nothing does, however busy the machine.
    if (resource.name === "NotifyFunction") resource.state.timeout = 20;
    // What a killed worker had comes again sooner than in the app.
    if (resource.name === "NotificationsQueue") resource.state.visibilityTimeoutSeconds = 30;
  });
  const { state } = project;
  const killNotify = () => watch.killing(() => killFunction(state, "Notify"));
  let completed = 0;
  await using engine = await startEngineProxy(async (passing) => {
    if (!isOfMail(passing)) return passing.pass();
    if (passing.operation !== "UpdateItem") return watch.table(passing);
    // The window itself, now and then: just before the record is complete, and just after.
    const turn = ++completed % 400;
    if (turn === 200) {
      await killNotify();
      throw new Error("its caller is gone");
    }
    const answer = await watch.table(passing);
    if (turn === 0) await killNotify();
    return answer;
  });
  const start = () => startOffline(state, { cwd: project.path, ...engine.options });
  let offline: Offline = await start();
  const call = clientOf(() => offline);

  /** Repeats a request until it is answered well: the runtime may be down. */
  async function until<T>(attempt: () => Promise<{ status: number; body: T }>, ...good: number[]) {
    for (;;) {
      const answer = await attempt().catch(() => undefined);
      if (answer && good.includes(answer.status)) return answer.body;
      await sleep(50);
    }
  }

  /** A pet's life. Every third is deleted in the end. Mails a day are limited, so there are many callers. */
  async function live(n: number) {
    const owned = call.as({ ...ann, sub: `owner-${n % 100}` });
    const headers = { "idempotency-key": `pet-${n}` };
    const ownerEmail = `owner-${n}@example.com`;
    const body = { name: `Pet ${n}`, species: species[n % species.length], ownerEmail };
    const { id } = await until<Pet>(() => owned("POST", "/api/pets", { headers, body }), 201);
    const path = `/api/pets/${id}`;
    await until(() => owned("PATCH", path, { body: { status: "adopted" } }), 200);
    if (n % 3 === 0) await until(() => owned("DELETE", path), 204, 404);
  }

  let next = 0;
  let living = true;
  const client = async () => {
    while (next < PETS) await live(next++);
  };
  const lives = Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => {
    living = false;
  });

  /** Kills functions at random, and twice the whole runtime. */
  async function killOn() {
    const restarts = [PETS / 3, (2 * PETS) / 3];
    while (living) {
      // By what is done, not by the clock: a slow machine gets no further between two kills.
      const pause = next + Math.random() * LIVES_PER_KILL * 2;
      while (living && next < pause) await sleep(20);
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
  await Promise.all([lives, killOn()]);

  const expected = Array.from({ length: PETS }, (_, n) => [
    `owner-${n}@example.com: Your pet is registered`,
    `owner-${n}@example.com: Your pet has been adopted`,
  ]).flat();
  // What was interrupted comes again, and may be mailed again; what was so too often is redriven.
  const { depth } = queuesOf(state);
  const settled = async () => {
    if ((await depth("Notifications")) > 0) return false;
    if ((await depth("NotificationsDeadLetters")) > 0) {
      await runScript(state, ["redrive", "notifications"]);
      return false;
    }
    return mailsByEvent(state).size === expected.length;
  };
  await expect.poll(settled, { timeout: 300_000, interval: 250 }).toBe(true);
  const mailed = mailsByEvent(state);
  expect([...mailed.keys()].toSorted()).toEqual(expected.toSorted());

  const keys = await mailRecords(engine.endpoint);
  let killed = 0;
  for (const [event, mails] of mailed) killed += watch.expectExplained(mails, keys.get(event));
  expect(killed).toBeGreaterThan(0);

  const pets = await walk(call, "limit=100");
  expect(pets).toHaveLength(PETS - Math.ceil(PETS / 3));
  const truth: Record<string, number> = {};
  for (const { species: kind, status } of pets) {
    truth[`${kind} ${status}`] = (truth[`${kind} ${status}`] ?? 0) + 1;
  }
  async function inventory() {
    const path = "/api/inventory";
    const { body } = await call<{ species: Record<string, Record<string, number>> }>("GET", path);
    const counts = Object.entries(body.species).flatMap(([kind, byStatus]) =>
      Object.entries(byStatus).map(([status, count]) => [`${kind} ${status}`, count] as const),
    );
    return Object.fromEntries(counts.filter(([, count]) => count !== 0));
  }
  await expect.poll(inventory, { timeout: 60_000 }).toEqual(truth);
  await offline.stop();
}, 600_000);
