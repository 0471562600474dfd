import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  GetAccountCommand,
  SESv2Client,
  SendEmailCommand,
  type SendEmailCommandInput,
} from "@aws-sdk/client-sesv2";
import { createSesApi } from "@petstore/offline/services/ses/api";
import { openMailbox, readMailbox } from "@petstore/offline/services/ses/mailbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { asCaller, startServiceEndpoint } from "../runtime/harness.ts";

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "ses-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function clientOf(endpoint: Parameters<typeof asCaller>[0]): SESv2Client {
  const client = new SESv2Client(asCaller(endpoint));
  onTestFinished(() => client.destroy());
  return client;
}

async function mailService() {
  const mailbox = openMailbox(temporaryFolder());
  onTestFinished(() => mailbox.close());
  return { client: clientOf(await startServiceEndpoint(createSesApi(mailbox))), mailbox };
}

const simple = { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Rex is yours" } } } };
const email: SendEmailCommandInput = {
  FromEmailAddress: "Pets <pets@example.com>",
  Destination: { ToAddresses: ["owner@example.com"] },
  Content: simple,
  EmailTags: [{ Name: "event", Value: "e-1" }],
};

describe("SES", () => {
  it("stores a mail before it responds", async () => {
    const { client, mailbox } = await mailService();
    const { MessageId } = await client.send(new SendEmailCommand(email));
    expect(MessageId).toMatch(/^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/);
    expect(mailbox.list()).toEqual([
      {
        messageId: MessageId,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        functionName: "Caller",
        from: "Pets <pets@example.com>",
        to: ["owner@example.com"],
        subject: "Hello",
        text: "Rex is yours",
        tags: { event: "e-1" },
      },
    ]);
  });

  it("stores a mail that was sent twice with two ids", async () => {
    const { client, mailbox } = await mailService();
    await Promise.all([1, 2].map(() => client.send(new SendEmailCommand(email))));
    expect(new Set(mailbox.list().map(({ messageId }) => messageId)).size).toBe(2);
  });

  it("accepts raw messages and templates", async () => {
    const { client, mailbox } = await mailService();
    const raw = "From: a@example.com\r\nTo: b@example.com\r\n\r\nHi";
    await client.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(raw) } } }));
    const Template = { TemplateName: "welcome", TemplateData: '{"pet":"Rex"}' };
    await client.send(new SendEmailCommand({ ...email, Content: { Template } }));
    expect(mailbox.list()).toMatchObject([
      { raw, to: [] },
      { template: { name: "welcome", data: '{"pet":"Rex"}' }, to: ["owner@example.com"] },
    ]);
  });

  it.each<[string, object, string]>([
    ["no sender", { FromEmailAddress: undefined }, "Missing required header 'From'"],
    ["an invalid sender", { FromEmailAddress: "pets" }, "FromEmailAddress"],
    ["no destination", { Destination: undefined }, "Missing required header 'To'"],
    ["an empty destination", { Destination: { ToAddresses: [] } }, "Missing required header 'To'"],
    ["an invalid address", { Destination: { ToAddresses: ["x"] } }, "ToAddresses.0"],
    ["an address with a line break", { Destination: { ToAddresses: ["a\n@b"] } }, "ToAddresses.0"],
    [
      "too many recipients",
      { Destination: { BccAddresses: Array.from({ length: 51 }, (_, i) => `u${i}@example.com`) } },
      "Recipient count exceeds 50",
    ],
    ["no content", { Content: undefined }, "Content"],
    ["empty content", { Content: {} }, "exactly one"],
    ["content of two kinds", { Content: { ...simple, Template: {} } }, "exactly one"],
    ["no subject", { Content: { Simple: { Body: simple.Simple.Body } } }, "Subject"],
    ["no body", { Content: { Simple: { Subject: { Data: "" }, Body: {} } } }, "Body"],
  ])("rejects %s, and stores nothing", async (_, change, message) => {
    const { client, mailbox } = await mailService();
    const command = new SendEmailCommand({ ...email, ...change });
    await expect(client.send(command)).rejects.toMatchObject({
      name: "BadRequestException",
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(mailbox.list()).toEqual([]);
  });

  it("loses no acknowledged mail on kill -9, and stores none twice", async () => {
    const state = temporaryFolder();
    const [mailbox, service, endpoint] = [
      "services/ses/mailbox",
      "services/ses/api",
      "runtime/endpoint/endpoint",
    ].map((module) => JSON.stringify(import.meta.resolve(`@petstore/offline/${module}`)));
    const script = `
    import { openMailbox, readMailbox } from ${mailbox};
    import { createSesApi } from ${service};
    import { startEndpoint } from ${endpoint};
    const home = { region: "eu-central-1", accountId: "123456789012" };
    const options = { callers: ["Caller"], authorize: async () => undefined, home, log() {} };
    const { url, credentials, add } = await startEndpoint(options);
    add(createSesApi(openMailbox(${JSON.stringify(state)})));
    console.log(JSON.stringify({ url, credentials: credentials("Caller") }));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { url, credentials } = JSON.parse(line);
    const client = clientOf({ url, credentials: () => credentials });

    const acknowledged: string[] = [];
    const sending = Array.from({ length: 10 }, async () => {
      for (;;) {
        const { MessageId } = await client.send(new SendEmailCommand(email));
        acknowledged.push(MessageId as string);
        if (acknowledged.length === 100) child.kill("SIGKILL");
      }
    });
    await Promise.allSettled(sending);

    const recorded = readMailbox(state).map(({ messageId }) => messageId);
    expect(acknowledged.length).toBeGreaterThanOrEqual(100);
    expect(new Set(recorded).size).toBe(recorded.length);
    expect(recorded).toEqual(expect.arrayContaining(acknowledged));
  });

  it("rejects other operations", async () => {
    const { client } = await mailService();
    await expect(client.send(new GetAccountCommand())).rejects.toMatchObject({
      name: "NotImplemented",
      message: "GET /v2/email/account of ses is not supported offline",
    });
  });
});
