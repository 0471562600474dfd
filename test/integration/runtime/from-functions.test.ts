import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLambdaApi } from "@petstore/offline/services/lambda/api";
import { startAsyncInvoke } from "@petstore/offline/services/lambda/async-invoke";
import { type Lambda, startLambda } from "@petstore/offline/services/lambda/lambda";
import { createSesApi } from "@petstore/offline/services/ses/api";
import { openMailbox } from "@petstore/offline/services/ses/mailbox";
import { systemClock } from "@petstore/offline/util/clock";
import { describe, expect, it, vi } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { lambdaFunction } from "../lambda/harness.ts";
import { startEndpointWith } from "./harness.ts";

/** Invokes `Mailer` synchronously, then asynchronously. */
const boss = `
  import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
  const lambda = new LambdaClient();
  const FunctionName = "app-Mailer";
  export const handler = async () => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '"first"' }));
    await lambda.send(
      new InvokeCommand({ FunctionName, Payload: '"second"', InvocationType: "Event" }),
    );
    return JSON.parse(Payload.transformToString());
  };`;

const mailer = `
  import { SendEmailCommand, SESv2Client } from "@aws-sdk/client-sesv2";
  const ses = new SESv2Client();
  export const handler = async (subject) => {
    const { MessageId } = await ses.send(new SendEmailCommand({
      FromEmailAddress: "pets@example.com",
      Destination: { ToAddresses: ["owner@example.com"] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "Hi" } } } },
    }));
    return MessageId;
  };`;

describe("functions", () => {
  it("can invoke each other and send mail with only AWS_ENDPOINT_URL", async () => {
    await using started = new AsyncDisposableStack();
    const closeAtEnd = <T extends { close(): Promise<void> }>(part: T) =>
      started.adopt(part, () => part.close());
    const root = realpathSync(mkdtempSync(join(tmpdir(), "from-functions-")));
    started.defer(async () => rmSync(root, { recursive: true, force: true }));
    symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
    writeFileSync(join(root, "Boss.ts"), boss);
    writeFileSync(join(root, "Mailer.ts"), mailer);
    const stateDir = join(root, "state");
    mkdirSync(stateDir);

    const functions = [lambdaFunction("Boss"), lambdaFunction("Mailer")];
    const [arn] = functions.map(({ arn }) => arn) as [string, string];
    const mailbox = closeAtEnd(openMailbox(stateDir));
    let lambda: Lambda;
    const endpoint = closeAtEnd(
      await startEndpointWith(
        [
          createSesApi(mailbox),
          createLambdaApi({
            functions,
            invoke: (...call) => lambda.invoke(...call),
            invokeAsync: (...call) => asyncInvoke.accept(...call),
          }),
        ],
        { callers: ["Boss", "Mailer"] },
      ),
    );
    lambda = closeAtEnd(
      await startLambda({
        functions,
        projectRoot: root,
        stateDir,
        environment: ({ name }) => {
          const { accessKeyId, secretAccessKey } = endpoint.credentials(name);
          return {
            AWS_ENDPOINT_URL: endpoint.url,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
          };
        },
        log: () => {},
      }),
    );
    const asyncInvoke = closeAtEnd(
      startAsyncInvoke({
        functions,
        stateDir,
        invoke: lambda.invoke,
        clock: systemClock,
        log: () => {},
      }),
    );

    const result = await lambda.invoke(arn, "{}");
    expect(result).toMatchObject({ kind: "response" });
    await vi.waitFor(() => expect(mailbox.list()).toHaveLength(2), { timeout: 10_000 });
    expect(mailbox.list()).toMatchObject([
      { functionName: "Mailer", subject: "first" },
      { functionName: "Mailer", subject: "second" },
    ]);
    expect(result).toMatchObject({ payload: JSON.stringify(mailbox.list()[0]?.messageId) });
  });
});
