import { randomUUID } from "node:crypto";
import type { MailLimit } from "@petstore/core/mail/limits";
import { callDynamoDb } from "@petstore/offline/services/dynamodb/call";
import { beforeAll, describe, expect, it } from "vitest";
import { petEvent } from "../../support/event.ts";
import { engines } from "../dynamodb/harness.ts";
import { limits, startTable } from "./harness.ts";

describe.each(engines)("countMail on %s", (engine) => {
  let countMail: typeof import("@petstore/core/mail/limits").countMail;
  let items: () => Promise<{ pk: { S: string }; expiresAt: { N: string } }[]>;

  beforeAll(async () => {
    const { endpoint, name } = await startTable(engine);
    ({ countMail } = await import("@petstore/core/mail/limits"));
    items = async () => {
      const output = await callDynamoDb(endpoint, "Scan", { TableName: name });
      return (output as { Items: Awaited<ReturnType<typeof items>> }).Items;
    };
  });

  /** Returns an event of a caller's pet, and a function that counts its mail. */
  function anEvent(ownerId: string, to = `${randomUUID()}@example.com`, time?: string) {
    const event = petEvent(to);
    event.data.pet.ownerId = ownerId;
    if (time) event.time = time;
    const count = (): Promise<MailLimit | undefined> =>
      countMail(event, { to, subject: "", text: "" });
    return { event, count };
  }

  it("counts an event once, and allows it again after the limit is reached", async () => {
    const caller = randomUUID();
    const counted = Array.from({ length: limits.caller }, () => anEvent(caller));

    const first = await Promise.all(counted.flatMap(({ count }) => [count(), count()]));
    const other = await anEvent(caller).count();
    const again = await Promise.all(counted.map(({ count }) => count()));

    expect(new Set(first)).toEqual(new Set([undefined]));
    expect(other).toBe("caller");
    expect(new Set(again)).toEqual(new Set([undefined]));
  });

  it("limits the mails to one recipient from all callers", async () => {
    const to = `${randomUUID()}@example.com`;
    const events = Array.from({ length: limits.recipient + 1 }, () => anEvent(randomUUID(), to));

    const reached = await Promise.all(events.map(({ count }) => count()));

    expect(reached.filter(Boolean)).toEqual(["recipient"]);
  });

  it("counts by the day of the event in UTC", async () => {
    const caller = randomUUID();
    const at = (time: string) => anEvent(caller, undefined, time).count();
    for (let n = 0; n < limits.caller; n++) await at("2026-01-01T23:59:59.999Z");

    expect(await at("2026-01-01T00:00:00.000Z")).toBe("caller");
    expect(await at("2026-01-02T00:00:00.000Z")).toBeUndefined();
  });

  it("stores no personal data, and counters that expire after the last redelivery", async () => {
    await anEvent("ann@example.com", "bob@example.com").count();

    const stored = await items();

    expect(JSON.stringify(stored)).not.toMatch(/ann|bob|example\.com/);
    const lifetimes = stored.map(({ expiresAt }) => Number(expiresAt.N) - Date.now() / 1000);
    expect(Math.max(...lifetimes)).toBeGreaterThan(29 * 24 * 60 * 60);
  });
});
