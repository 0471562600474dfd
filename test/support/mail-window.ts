import type { HttpResponse } from "@petstore/offline/runtime/endpoint/forward";
import type { Mail } from "@petstore/offline/services/ses/mailbox";
import { expect } from "vitest";
import type { Passing } from "./proxy.ts";

/** From when to when something took (ms since the epoch). */
interface Span {
  from: number;
  to: number;
}
type Write = Span & { key: string };

/** Whether a call of the table is about a record of what has been mailed. */
export const isOfMail = ({ body }: Passing) => body.includes('"mailed#');

/** Watches how mails are sent, and tells why one was sent twice. */
export function watchMails() {
  /** The writes that reached the table of records that say of events: being mailed, and mailed. */
  const claims: Write[] = [];
  const completions: Write[] = [];
  /** By the mail's id: the call of the SDK that it came by, and whether the answer found nobody. */
  const sent = new Map<string, { call: string | undefined; isLost: boolean }>();
  /** When all of Notify's processes were killed. */
  const kills: Span[] = [];

  /** What is seen of a mail that was sent, and then again. */
  function expectReason(first: Mail, second: Mail, key: string | undefined): "killed" | "late" {
    const said = `${first.to}: ${first.subject} at ${first.at} and again at ${second.at}`;
    const [one, two] = [first, second].map(({ messageId }) => sent.get(messageId));
    // The mail service answered too late, and the SDK asked again.
    if (one && one.call === two?.call) return "late";

    const [from, to] = [Date.parse(first.at), Date.parse(second.at)];
    // From the claim on: the mail may have been on its way when its sender was killed.
    const claim = claims.findLast((write) => write.key === key && write.from <= from);
    expect(claim, said).toBeDefined();
    const fatal = kills.some((kill) => kill.to >= (claim as Write).from && kill.from <= to);
    if (!fatal) {
      expect(one?.isLost, said).toBe(true);
      return "late";
    }
    // That of the second mail may begin in the same millisecond.
    const between = (write: Write) => write.key === key && write.to > from && write.from < to;
    expect(completions.filter(between), said).toEqual([]);
    return "killed";
  }

  return {
    /** Passes a call to the table. */
    async table({ operation, body, pass }: Passing): Promise<HttpResponse> {
      const from = Date.now();
      const answer = await pass();
      if (answer.status !== 200) return answer;
      const { Item, Key = Item } = JSON.parse(body);
      const writes = operation === "UpdateItem" ? completions : claims;
      writes.push({ key: Key.pk.S, from, to: Date.now() });
      return answer;
    },
    /** Passes a call to the mail service. */
    async service({ call, isGone, pass }: Passing): Promise<HttpResponse> {
      const answer = await pass();
      if (answer.status !== 200) return answer;
      sent.set(JSON.parse(answer.body.toString()).MessageId, { call, isLost: isGone() });
      return answer;
    },
    async killing(kill: () => unknown): Promise<void> {
      const from = Date.now();
      await kill();
      kills.push({ from, to: Date.now() });
    },
    /**
     * Expects that mails of an event were sent again only where the worker that had claimed it was
     * killed before its record had reached the table, or where the mail service answered too late.
     *
     * @param key of the event's record
     * @returns how often a worker was killed
     */
    expectExplained(mails: Mail[], key: string | undefined): number {
      expect(
        completions.some((write) => write.key === key),
        key,
      ).toBe(true);
      const pairs = mails.slice(1).map((second, n) => [mails[n] as Mail, second] as const);
      return pairs.filter(([first, second]) => expectReason(first, second, key) === "killed")
        .length;
    },
  };
}
