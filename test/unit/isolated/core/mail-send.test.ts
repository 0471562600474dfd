import { MessageRejected, SESv2Client } from "@aws-sdk/client-sesv2";
import { SendLaterError, sendMail } from "@petstore/core/mail/send";
import { logger } from "@petstore/core/telemetry";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";

const sender = vi.hoisted(() => ({ from: "", intervalMs: 0 }));
vi.mock("sst", () => ({ Resource: { SendMail: sender } }));
// Fake timers do not replace those of this module.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

const ses = vi.spyOn(SESv2Client.prototype, "send");
const log = vi.spyOn(logger, "info").mockReturnValue();
const mail = { to: "ann@example.com", subject: "Your pet is registered", text: "Hello" };

const soon = () => Date.now() + 60_000;

beforeEach(() => {
  ses.mockReset().mockImplementation(async () => {});
  log.mockClear();
  sender.from = "petstore@example.com";
});

it("sends plain text in UTF-8 from the stage's address", async () => {
  await sendMail(mail, soon());
  expect(ses.mock.lastCall?.[0].input).toEqual({
    FromEmailAddress: "petstore@example.com",
    Destination: { ToAddresses: ["ann@example.com"] },
    Content: {
      Simple: {
        Subject: { Data: "Your pet is registered", Charset: "UTF-8" },
        Body: { Text: { Data: "Hello", Charset: "UTF-8" } },
      },
    },
  });
});

it("only logs, without the recipient, in a stage without a sender", async () => {
  sender.from = "";
  await sendMail(mail, soon());
  expect(ses).not.toHaveBeenCalled();
  expect(log).toHaveBeenCalledOnce();
  expect(JSON.stringify(log.mock.lastCall)).not.toContain("ann");
});

it("throws the reason of SES without addresses", async () => {
  const message = "Email address is not verified: Ann <ann@example.com>, bob@example.com";
  ses.mockImplementation(() => Promise.reject(new MessageRejected({ message, $metadata: {} })));
  const error = await sendMail(mail, soon()).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({
    message:
      "SES refused the mail: MessageRejected: Email address is not verified: Ann <(an address)>, (an address)",
  });
  expect(error).not.toHaveProperty("cause");
});

// An expression that backtracks would exceed the timeout of the test.
it("redacts a 512 KiB refusal in linear time", async () => {
  const message = "x".repeat(512 * 1024);
  ses.mockImplementation(() => Promise.reject(new MessageRejected({ message, $metadata: {} })));

  await expect(sendMail(mail, soon())).rejects.toThrow(message);
});

it.each([
  ["TooManyRequestsException", "Maximum sending rate exceeded."],
  ["ThrottlingException", "Daily message quota exceeded"],
])("throws SendLaterError when SES throttles: %s", async (name, message) => {
  ses.mockImplementation(() => Promise.reject(Object.assign(new Error(message), { name })));
  await expect(sendMail(mail, soon())).rejects.toThrow(SendLaterError);
});

it("sends mails an interval apart, and none whose turn is after the deadline", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  sender.intervalMs = 50;
  onTestFinished(() => {
    sender.intervalMs = 0;
  });
  const times: number[] = [];
  ses.mockImplementation(async () => void times.push(Date.now()));

  const sending = Promise.allSettled([
    sendMail(mail, soon()),
    sendMail(mail, soon()),
    sendMail(mail, soon()),
    sendMail(mail, Date.now()),
  ]);
  await vi.runAllTimersAsync();
  const outcomes = await sending;

  expect(outcomes.slice(0, 3).map(({ status }) => status)).toEqual(Array(3).fill("fulfilled"));
  expect(outcomes[3]).toMatchObject({ reason: expect.any(SendLaterError) });
  const [first = 0, second, third] = times;
  expect([second, third]).toEqual([first + 50, first + 100]);
});
