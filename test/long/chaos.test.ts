import { setTimeout as sleep } from "node:timers/promises";
import { type Pet, species } from "@petstore/core/pets/pet";
import { type Mail, readMailbox } from "@petstore/offline/emulators/mailbox";
import type { Answer } from "@petstore/offline/endpoint/forward";
import { expect, it } from "vitest";
import { clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { mailRecords } from "../support/mail-records.ts";
import { type Offline, startOffline } from "../support/offline.ts";
import { asOperator, queuesOf, runScript } from "../support/operator.ts";
import { walk } from "../support/pages.ts";
import { killFunction } from "../support/processes.ts";
import { changedProject, mailThrough } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";

const PETS = 1_000;
const CLIENTS = 8;
const LIVES_PER_KILL = 8;
const victims = ["PublishEvents", "ProjectInventory", "Notify"];

/** From when to when something took (ms since the epoch). */
interface Span {
  from: number;
  to: number;
}
const spanOf = async (act: () => unknown): Promise<Span> => {
  const from = Date.now();
  await act();
  return { from, to: Date.now() };
};
const meets = (span: Span, other: Span) => span.from <= other.to && span.to >= other.from;

/** Every kill of all of Notify's processes, or of the whole runtime. */
const kills: Span[] = [];
/** Every write of the record that an event has been mailed, as far as it reached the table. */
const completions: (Span & { key: string })[] = [];

/** The call of the SDK that a mail came by, by the mail's id. */
const callOf = new Map<string, string | undefined>();

const eventOf = ({ to, subject }: Mail) => `${to[0]}: ${subject}`;
const mailsByEvent = (state: string) => Map.groupBy(readMailbox(state), eventOf);

it("mails every event and counts every pet, whatever is killed meanwhile", async () => {
  await using ses = await startProxy(
    () => asOperator(project.state).endpoint,
    async ({ call, pass }) => {
      const answer = await pass();
      if (answer.status === 200) callOf.set(JSON.parse(answer.body.toString()).MessageId, call);
      return answer;
    },
  );
  await using project = await changedProject((resource) => mailThrough(ses.url, resource));
  const { state } = project;
  let seen = 0;
  const killNotify = async () => kills.push(await spanOf(() => killFunction(state, "Notify")));
  await using engine = await startEngineProxy(async ({ operation, body, pass }) => {
    if (operation !== "UpdateItem" || !body.includes('"mailed#')) return pass();
    seen++;
    // The window itself, now and then: just before the record is complete, and just after.
    if (seen % 400 === 200) {
      await killNotify();
      throw new Error("its caller is gone");
    }
    let answer: Answer | undefined;
    const span = await spanOf(async () => {
      answer = await pass();
    });
    if (answer?.status === 200) completions.push({ key: JSON.parse(body).Key.pk.S, ...span });
    if (seen % 400 === 0) await killNotify();
    return answer as Answer;
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
      // By what is done, not by the clock: a slow machine gets no further between two kills.
      const pause = next + Math.random() * LIVES_PER_KILL * 2;
      while (living && next < pause) await sleep(20);
      if (restarts[0] !== undefined && next > restarts[0]) {
        restarts.shift();
        kills.push(await spanOf(() => offline.kill()));
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
    `owner-${n}@example.com: Pet ${n} is registered`,
    `owner-${n}@example.com: Pet ${n} has been adopted`,
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

  // A mail is there again where the mail service did not answer in time, so that the SDK asked twice,
  // and else only where its sender was killed after the first one, before the record of that had
  // reached the table.
  const keys = await mailRecords(engine.endpoint);
  let killed = 0;
  for (const [event, mails] of mailed) {
    const records = completions.filter(({ key }) => key === keys.get(event));
    expect(records, event).not.toHaveLength(0);
    for (const [n, mail] of mails.slice(1).entries()) {
      const first = mails[n] as Mail;
      const call = callOf.get(mail.messageId);
      if (call !== undefined && call === callOf.get(first.messageId)) continue;
      const between = { from: Date.parse(first.at), to: Date.parse(mail.at) };
      const said = `${event} at ${first.at} and again at ${mail.at}`;
      expect(
        kills.filter((kill) => meets(kill, between)),
        said,
      ).not.toHaveLength(0);
      // That of the second mail may begin in the same millisecond.
      const { from, to } = between;
      expect(
        records.filter((record) => record.to > from && record.from < to),
        said,
      ).toEqual([]);
      killed++;
    }
  }
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
