import { randomUUID } from "node:crypto";
import { type Mail, readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it } from "vitest";
import { aPet, clientOf, sharedOffline } from "../../support/api.ts";
import { completed } from "../../support/imports.ts";
import { queuesOf } from "../../support/operator.ts";
import type { Page } from "../../support/pages.ts";
import { someone } from "../../support/users.ts";

const offline = sharedOffline();
const queues = queuesOf(offline.state);
const CALLER_LIMIT = 50;
const RECIPIENT_LIMIT = 10;

/** Returns a caller whose recipients are in a domain that no other test uses. */
function aCaller() {
  const user = someone();
  const domain = `${randomUUID()}.example.com`;
  return {
    call: clientOf(() => offline, user),
    domain,
    mails: (): Mail[] =>
      readMailbox(offline.state).filter(({ to }) => to.some((one) => one.endsWith(`@${domain}`))),
  };
}

/**
 * Waits until every mail of earlier events has been sent or omitted: the stream delivers in order, so
 * the mail of a pet that is created now is the last one.
 */
async function settled(): Promise<void> {
  const last = aCaller();
  await aPet(last.call, { ownerEmail: `last@${last.domain}` });
  await expect.poll(last.mails, { timeout }).toHaveLength(1);
  await expect.poll(() => queues.depth("Notifications"), { timeout }).toBe(0);
}

/** Milliseconds. On a busy machine a worker can time out, and its messages are delivered again later. */
const timeout = 150_000;

describe("mail to addresses that a caller chooses", { timeout }, () => {
  it("is not sent for imported pets until they are adopted", async () => {
    const { call, domain, mails } = aCaller();
    const rows = Array.from({ length: 200 }, (_, n) => ({
      name: `Click here ${n}`,
      species: "dog",
      ownerEmail: `${n}@${domain}`,
    }));

    const report = await completed(call, rows);
    await settled();

    expect(report).toMatchObject({ imported: rows.length, failed: 0 });
    expect(mails()).toEqual([]);

    const { body } = await call<Page>("GET", "/api/pets?owner=me&limit=1");
    await call("PATCH", `/api/pets/${body.items[0]?.id}`, { body: { status: "adopted" } });
    await expect
      .poll(() => mails().map(({ subject }) => subject), { timeout })
      .toEqual(["Your pet has been adopted"]);
  });

  it("has a fixed subject, and omits a name that could become a link", async () => {
    const { call, domain, mails } = aCaller();
    await aPet(call, { name: "Visit evil.example now", ownerEmail: `a@${domain}` });
    await aPet(call, { name: 'Rex "the dog"', ownerEmail: `b@${domain}` });

    await expect.poll(mails, { timeout }).toHaveLength(2);

    const [link, plain] = mails().sort((a, b) => (a.to[0] as string).localeCompare(`${b.to[0]}`));
    expect(link?.subject).toBe("Your pet is registered");
    expect(link?.text).not.toMatch(/evil|Visit/);
    expect(plain?.subject).toBe("Your pet is registered");
    expect(plain?.text).toContain('Rex "the dog"');
  });

  it("is limited per caller", async () => {
    const { call, domain, mails } = aCaller();
    const names = Array.from({ length: CALLER_LIMIT + 10 }, (_, n) => `${n}@${domain}`);

    await Promise.all(names.map((ownerEmail) => aPet(call, { ownerEmail })));
    await settled();

    expect(mails()).toHaveLength(CALLER_LIMIT);
    expect(new Set(mails().map(({ to }) => to[0])).size).toBe(CALLER_LIMIT);
    expect(await queues.depth("NotificationsDeadLetters")).toBe(0);
  });

  it("is limited per recipient, for all callers and spellings of the address", async () => {
    const { domain, mails } = aCaller();
    const addresses = ["Ann", "ann", "ann+1", "ANN+2"].map((name) => `${name}@${domain}`);

    for (const ownerEmail of addresses) {
      const { call } = aCaller();
      await Promise.all(Array.from({ length: 4 }, () => aPet(call, { ownerEmail })));
    }
    await settled();

    expect(mails()).toHaveLength(RECIPIENT_LIMIT);
  });
});
