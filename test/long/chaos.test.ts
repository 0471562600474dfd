import { setTimeout as sleep } from "node:timers/promises";
import { type Pet, species } from "@petstore/core/pets/pet";
import { type Mail, readMailbox } from "@petstore/offline/emulators/mailbox";
import { expect, it } from "vitest";
import { clientOf } from "../support/api.ts";
import { type Offline, startOffline, temporaryFolder } from "../support/offline.ts";
import { walk } from "../support/pages.ts";
import { killFunction } from "../support/processes.ts";

const PETS = 1_000;
const CLIENTS = 8;
const victims = ["PublishEvents", "ProjectInventory", "Notify"];

/** Times (ms since the epoch) of everything that was killed. */
const kills: number[] = [];

const eventOf = ({ to, subject }: Mail) => `${to[0]}: ${subject}`;
const mailsByEvent = (state: string) => Map.groupBy(readMailbox(state), eventOf);

it("mails every event and counts every pet, whatever is killed meanwhile", async () => {
  await using state = await temporaryFolder();
  let offline: Offline = await startOffline(state.path);
  const call = clientOf(() => offline);

  /** Repeats a request until it is answered well: the runtime may be down. */
  async function until<T>(attempt: () => Promise<{ status: number; body: T }>, ...good: number[]) {
    for (;;) {
      const answer = await attempt().catch(() => undefined);
      if (answer && good.includes(answer.status)) return answer.body;
      await sleep(50);
    }
  }

  /** A pet's life. Every third is deleted in the end. */
  async function live(n: number) {
    const headers = { "idempotency-key": `pet-${n}` };
    const ownerEmail = `owner-${n}@example.com`;
    const body = { name: `Pet ${n}`, species: species[n % species.length], ownerEmail };
    const { id } = await until<Pet>(() => call("POST", "/api/pets", { headers, body }), 201);
    const path = `/api/pets/${id}`;
    await until(() => call("PATCH", path, { body: { status: "adopted" } }), 200);
    if (n % 3 === 0) await until(() => call("DELETE", path), 204, 404);
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
      await sleep(100 + Math.random() * 700);
      if (restarts[0] !== undefined && next > restarts[0]) {
        restarts.shift();
        kills.push(Date.now());
        await offline.kill();
        offline = await startOffline(state.path);
      } else {
        const victim = victims[Math.floor(Math.random() * victims.length)] as string;
        if (killFunction(state.path, victim)) kills.push(Date.now());
      }
    }
  }
  await Promise.all([lives, killOn()]);

  const expected = Array.from({ length: PETS }, (_, n) => [
    `owner-${n}@example.com: Pet ${n} is registered`,
    `owner-${n}@example.com: Pet ${n} has been adopted`,
  ]).flat();
  while (mailsByEvent(state.path).size < expected.length) await sleep(250);
  const mailed = mailsByEvent(state.path);
  expect([...mailed.keys()].toSorted()).toEqual(expected.toSorted());

  // A mail is there again only where a kill fell between the first one and that.
  for (const [event, mails] of mailed) {
    const [first = 0, ...again] = mails.map(({ at }) => Date.parse(at));
    for (const at of again) {
      const explained = kills.some((kill) => kill >= first && kill <= at);
      expect(explained, `${event} at ${first} and again at ${at}`).toBe(true);
    }
  }

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
}, 300_000);
