import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mail, openMailbox, readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it, onTestFinished } from "vitest";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "mailbox-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const mail = (messageId: string): Mail => ({
  messageId,
  at: "2026-01-01T00:00:00.000Z",
  functionName: "Notify",
  from: "pets@example.com",
  to: ["owner@example.com"],
  subject: "Größe\nund Zeilen",
  text: "x".repeat(10_000),
});

describe("the mailbox", () => {
  it("lists mails in order, for other processes and after a restart", async () => {
    const state = folder();
    const mailbox = openMailbox(state);
    expect(mailbox.list()).toEqual([]);
    mailbox.record(mail("1"));
    mailbox.record(mail("2"));
    expect(mailbox.list()).toEqual([mail("1"), mail("2")]);
    expect(readMailbox(state)).toEqual([mail("1"), mail("2")]);
    await mailbox.close();

    const next = openMailbox(state);
    next.record(mail("3"));
    expect(next.list().map(({ messageId }) => messageId)).toEqual(["1", "2", "3"]);
    await next.close();
  });

  it.each([
    ["a line that is not JSON", '{"messageId":"1"}\nno mail\n', 2],
    ["a line that is not an object", '"text"\n{}\n', 1],
    ["an end that is not the beginning of a mail", '{"messageId":"1"}\nno mail', 2],
  ])("reports a mailbox with %s as damaged, and leaves it unchanged", (_, content, line) => {
    const state = folder();
    const path = join(state, "mailbox.jsonl");
    writeFileSync(path, content);

    expect(() => openMailbox(state)).toThrow(
      `${path} is damaged (line ${line} is not a mail): start once with --fresh`,
    );
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("ignores an unfinished mail, and appends the next one after removing it", async () => {
    const state = folder();
    const mailbox = openMailbox(state);
    mailbox.record(mail("1"));
    await mailbox.close();
    appendFileSync(join(state, "mailbox.jsonl"), '{"messageId":"2","te');
    expect(readMailbox(state)).toEqual([mail("1")]);

    const next = openMailbox(state);
    next.record(mail("3"));
    expect(next.list()).toEqual([mail("1"), mail("3")]);
    await next.close();
  });
});
