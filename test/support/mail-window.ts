import type { HttpResponse } from "@petstore/offline/runtime/endpoint/forward";
import type { Mail } from "@petstore/offline/services/ses/mailbox";
import { expect } from "vitest";
import type { Passing } from "./proxy.ts";

/** A period, in milliseconds since the epoch. */
interface Span {
  from: number;
  to: number;
}
type Write = Span & { key: string };

/** Returns whether a call writes a record of sent mails. */
export const isOfMail = ({ body }: Passing) => body.includes('"mailed#');

/** Observes how mails are sent, and explains why one was sent twice. */
export function watchMails() {
  /** The writes of records (in progress, completed) that reached the table. */
  const claims: Write[] = [];
  const completions: Write[] = [];
  /** By the mail's id: the SDK's call, and whether the caller had gone before the response. */
  const sent = new Map<string, { call: string | undefined; isLost: boolean }>();
  /** When all of Notify's processes were killed. */
  const kills: Span[] = [];

  /** The observations of a mail that was sent twice. */
  function expectReason(first: Mail, second: Mail, key: string | undefined): "killed" | "late" {
    const said = `${first.to}: ${first.subject} at ${first.at} and again at ${second.at}`;
    const [one, two] = [first, second].map(({ messageId }) => sent.get(messageId));
    // The mail service responded too late, and the SDK retried.
    if (one && one.call === two?.call) return "late";

    const [from, to] = [Date.parse(first.at), Date.parse(second.at)];
    // The mail may have been in transit when its sender was killed.
    const claim = claims.findLast((write) => write.key === key && write.from <= from);
    expect(claim, said).toBeDefined();
    const fatal = kills.some((kill) => kill.to >= (claim as Write).from && kill.from <= to);
    if (!fatal) {
      expect(one?.isLost, said).toBe(true);
      return "late";
    }
    // The second mail's period can start in the same millisecond.
    const between = (write: Write) => write.key === key && write.to > from && write.from < to;
    expect(completions.filter(between), said).toEqual([]);
    return "killed";
  }

  return {
    /** Forwards a call to the table. */
    async table({ operation, body, pass }: Passing): Promise<HttpResponse> {
      const from = Date.now();
      const answer = await pass();
      if (answer.status !== 200) return answer;
      const { Item, Key = Item } = JSON.parse(body);
      const writes = operation === "UpdateItem" ? completions : claims;
      writes.push({ key: Key.pk.S, from, to: Date.now() });
      return answer;
    },
    /** Forwards a call to the mail service. */
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
