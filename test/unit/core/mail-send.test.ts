import { MessageRejected, SESv2Client } from "@aws-sdk/client-sesv2";
import { send } from "@petstore/core/mail/send";
import { logger } from "@petstore/core/telemetry";
import { beforeEach, expect, it, vi } from "vitest";

const sender = vi.hoisted(() => ({ from: "" }));
vi.mock("sst", () => ({ Resource: { SendMail: sender } }));

const ses = vi.spyOn(SESv2Client.prototype, "send");
const log = vi.spyOn(logger, "info").mockReturnValue();
const mail = { to: "ann@example.com", subject: "Rex is registered", text: "Hello" };

beforeEach(() => {
  ses.mockReset().mockImplementation(async () => {});
  log.mockClear();
  sender.from = "petstore@example.com";
});

it("sends plain text in UTF-8 from the stage's address", async () => {
  await send(mail);
  expect(ses.mock.lastCall?.[0].input).toEqual({
    FromEmailAddress: "petstore@example.com",
    Destination: { ToAddresses: ["ann@example.com"] },
    Content: {
      Simple: {
        Subject: { Data: "Rex is registered", Charset: "UTF-8" },
        Body: { Text: { Data: "Hello", Charset: "UTF-8" } },
      },
    },
  });
});

it("logs instead, without the address, where the stage has none", async () => {
  sender.from = "";
  await send(mail);
  expect(ses).not.toHaveBeenCalled();
  expect(log).toHaveBeenCalledOnce();
  expect(JSON.stringify(log.mock.lastCall)).not.toContain("ann");
});

it("says why a mail was refused, without the addresses", async () => {
  const message = "Email address is not verified: Ann <ann@example.com>, bob@example.com";
  ses.mockImplementation(() => Promise.reject(new MessageRejected({ message, $metadata: {} })));
  const error = await send(mail).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({
    message:
      "SES did not take the mail: MessageRejected: Email address is not verified: Ann (an address) (an address)",
  });
  expect(error).not.toHaveProperty("cause");
});

it("takes no longer over a long refusal than its length is worth", async () => {
  const message = "x".repeat(64 * 1024);
  ses.mockImplementation(() => Promise.reject(new MessageRejected({ message, $metadata: {} })));
  const began = performance.now();
  await expect(send(mail)).rejects.toThrow(message);
  expect(performance.now() - began).toBeLessThan(1_000);
});
