import { jsonResponse } from "@petstore/offline/runtime/endpoint/response";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPet, type Call, clientOf } from "../support/api.ts";
import { startOffline } from "../support/offline.ts";
import { asOperator, queuesOf } from "../support/operator.ts";
import { changedProject, mailThrough } from "../support/project.ts";
import { startProxy } from "../support/proxy.ts";
import { ann } from "../support/users.ts";

const MAILS = 1_000;
/** Enough to stay within each caller's daily limit. */
const CALLERS = 25;
const MAILS_PER_SECOND = 50;

/** SES's response to a request above the account's rate. */
const throttled = jsonResponse(429, '{"message":"Maximum sending rate exceeded."}', [
  ...["x-amzn-errortype", "TooManyRequestsException"],
]);

const parts = new AsyncDisposableStack();
let state: string;
let call: Call;
/** Mails a second that SES accepts: 0 until there is a backlog. */
let rate = 0;
const requests = { accepted: 0, throttled: 0 };

beforeAll(async () => {
  let tokens = 0;
  let last = Date.now();
  const ses = parts.use(
    await startProxy(
      () => asOperator(state).endpoint,
      async ({ pass }) => {
        const now = Date.now();
        tokens = Math.min(rate, tokens + ((now - last) / 1000) * rate);
        last = now;
        if (tokens < 1) {
          requests.throttled++;
          return throttled;
        }
        tokens--;
        requests.accepted++;
        return pass();
      },
    ),
  );
  const project = parts.use(await changedProject((resource) => mailThrough(ses.url, resource)));
  state = project.state;
  const offline = await startOffline(state, { cwd: project.path });
  parts.defer(async () => void (await offline.stop()));
  call = clientOf(() => offline);
});
afterAll(() => parts.disposeAsync());

describe("Notify", () => {
  it("sends each of 1,000 mails once when SES first accepts none and then 50 a second", async () => {
    const addresses = Array.from({ length: MAILS }, (_, n) => `owner-${n}@example.com`);
    const callers = Array.from({ length: CALLERS }, (_, n) =>
      call.as({ ...ann, sub: `caller-${n}` }),
    );
    const queues = queuesOf(state);

    let next = 0;
    const create = async (caller: Call) => {
      for (let n = next++; n < MAILS; n = next++) {
        // In turn, so that all callers have the same number.
        await aPet(callers[n % CALLERS] ?? caller, { ownerEmail: addresses[n] });
      }
    };
    await Promise.all(callers.slice(0, 8).map(create));
    await expect.poll(() => requests.throttled, { timeout: 60_000 }).toBeGreaterThan(MAILS);

    expect(readMailbox(state)).toEqual([]);
    rate = MAILS_PER_SECOND;
    const recipients = () => readMailbox(state).map((mail) => mail.to[0]);
    await expect
      .poll(() => recipients().length, { timeout: 300_000 })
      .toBeGreaterThanOrEqual(MAILS);
    await expect.poll(() => queues.depth("Notifications"), { timeout: 60_000 }).toBe(0);

    expect(recipients().toSorted()).toEqual(addresses.toSorted());
    expect(await queues.depth("NotificationsDeadLetters")).toBe(0);
    expect(requests.accepted).toBe(MAILS);
  }, 400_000);
});
