import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Authorize } from "@petstore/offline/runtime/authorization";
import { createDynamoDbApi } from "@petstore/offline/services/dynamodb/api";
import { createLambdaApi } from "@petstore/offline/services/lambda/api";
import { createSesApi } from "@petstore/offline/services/ses/api";
import type { MailIdentity } from "@petstore/offline/services/ses/resources";
import { createSqsApi } from "@petstore/offline/services/sqs/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { asCaller, startEndpointWith } from "../runtime/harness.ts";

const principal = "arn:aws:sts::123456789012:assumed-role/role/fn";
const arn = (rest: string) => `arn:aws:${rest.replace(":", ":eu-central-1:123456789012:")}`;

/** Starts an endpoint whose IAM denies the first required permission of each call. */
async function startDenyingEndpoint(identities: MailIdentity[] = []) {
  const check = vi.fn<Authorize>(async (_, [permission]) => {
    if (!permission) return undefined;
    const { action, resources } = permission;
    return { principal, action, resource: resources[0], isExplicit: false };
  });
  const neverCalled = vi.fn();
  const nowhere = "http://127.0.0.1:1";
  const endpoint = await startEndpointWith(
    [
      createDynamoDbApi(nowhere, []),
      createSqsApi(nowhere),
      createSesApi({ record: neverCalled }, identities),
      createLambdaApi({
        functions: [{ arn: arn("lambda:function:fn") }],
        invoke: neverCalled,
        invokeAsync: neverCalled,
      }),
    ],
    { authorize: check, onCall: neverCalled, log: neverCalled },
  );
  onTestFinished(() => endpoint.close());
  onTestFinished(() => expect(neverCalled).not.toHaveBeenCalled());
  return { config: asCaller(endpoint), check };
}

const notAuthorized = (action: string, resource: string) =>
  `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

describe("a denied call", () => {
  it("responds like DynamoDB on AWS", async () => {
    const { config, check } = await startDenyingEndpoint();
    const command = new GetItemCommand({ TableName: "pets", Key: { id: { S: "1" } } });
    await expect(new DynamoDBClient(config).send(command)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: notAuthorized("dynamodb:GetItem", arn("dynamodb:table/pets")),
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    expect(check).toHaveBeenCalledExactlyOnceWith("Caller", expect.anything());
  });

  it("responds like SQS on AWS, with the action of the single operation to a batch", async () => {
    const { config } = await startDenyingEndpoint();
    const command = new SendMessageBatchCommand({
      QueueUrl: `${config.endpoint}/123456789012/work`,
      Entries: [{ Id: "1", MessageBody: "x" }],
    });
    await expect(new SQSClient(config).send(command)).rejects.toMatchObject({
      Code: "AccessDenied",
      message: notAuthorized("sqs:sendmessage", arn("sqs:work")),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("responds like SES on AWS, and checks the domain or the address", async () => {
    const { config, check } = await startDenyingEndpoint();
    const command = new SendEmailCommand({
      FromEmailAddress: "Pets <pets@example.com>",
      Destination: { ToAddresses: ["owner@example.com"] },
      Content: { Simple: { Subject: { Data: "Hi" }, Body: { Text: { Data: "Hi" } } } },
    });
    const identities = ["example.com", "pets@example.com"].map((id) => arn(`ses:identity/${id}`));
    await expect(new SESv2Client(config).send(command)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User \`${principal}' is not authorized to perform \`ses:SendEmail' on resource \`${identities[0]}'`,
      $metadata: { httpStatusCode: 403 },
    });
    const context = expect.objectContaining({
      "ses:FromAddress": "pets@example.com",
      "ses:Recipients": ["owner@example.com"],
    });
    expect(check).toHaveBeenCalledWith("Caller", [
      { action: "ses:SendEmail", resources: identities, context },
    ]);
  });

  it("checks a declared SES identity and its default configuration set", async () => {
    const identity = arn("ses:identity/example.com");
    const configurationSet = arn("ses:configuration-set/mail");
    const declared = { arn: identity, emailIdentity: "example.com" };
    const { config, check } = await startDenyingEndpoint([
      { ...declared, configurationSetArn: configurationSet },
    ]);
    const command = new SendEmailCommand({
      FromEmailAddress: "pets@example.com",
      Destination: { ToAddresses: ["owner@example.com"] },
      Content: { Simple: { Subject: { Data: "Hi" }, Body: { Text: { Data: "Hi" } } } },
    });

    await expect(new SESv2Client(config).send(command)).rejects.toThrow(identity);

    expect(check).toHaveBeenCalledWith("Caller", [
      expect.objectContaining({ resources: [identity] }),
      expect.objectContaining({ resources: [configurationSet] }),
    ]);
  });

  it.each(["fn", arn("lambda:function:fn"), "123456789012:function:fn", "fn:$LATEST"])(
    "responds like Lambda on AWS to an invocation of %s",
    async (FunctionName) => {
      const { config } = await startDenyingEndpoint();
      const command = new InvokeCommand({ FunctionName });
      await expect(new LambdaClient(config).send(command)).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: notAuthorized("lambda:InvokeFunction", arn("lambda:function:fn")),
        $metadata: { httpStatusCode: 403 },
      });
    },
  );
});
