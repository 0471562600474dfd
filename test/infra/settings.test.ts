import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../infra/settings.ts";
import { graphOf } from "../support/graph.ts";
import { projectRoot } from "../support/offline.ts";
import { synthesizeVariant } from "../support/variant.ts";

const variablesOf = (file: string) => parseEnv(readFileSync(join(projectRoot, file), "utf8"));
const complete = variablesOf("infra/test.env");

describe("the settings of a deployed stage", () => {
  it("come from the environment", () => {
    expect(readSettings("production", complete)).toEqual({
      mailFrom: "pets@petstore.test",
      alarmAddress: "operators@petstore.test",
      allowOrigins: ["https://petstore.test"],
    });
  });

  it("accept a list of origins", () => {
    const PETSTORE_ORIGINS = "https://petstore.test, https://admin.petstore.test:8443";

    const { allowOrigins } = readSettings("production", { ...complete, PETSTORE_ORIGINS });

    expect(allowOrigins).toEqual(["https://petstore.test", "https://admin.petstore.test:8443"]);
  });

  it.each(Object.keys(complete))("are rejected without %s", (name) => {
    for (const value of [undefined, ""]) {
      expect(() => readSettings("production", { ...complete, [name]: value })).toThrow(
        `Stage production has invalid settings: ${name} is not set. Correct them in .env.production; .env.example describes each one.`,
      );
    }
  });

  it.each([
    ["PETSTORE_REGION", "Ireland", "is not an AWS region"],
    ["PETSTORE_ACCOUNT", "1234", "is not an AWS account id of 12 digits"],
    ["PETSTORE_MAIL_FROM", "petstore.test", "is not a mail address"],
    ["PETSTORE_MAIL_FROM", "pets@example.com", "is an example domain"],
    ["PETSTORE_ALARM_ADDRESS", "operators@mail.example.org", "is an example domain"],
    ["PETSTORE_ORIGINS", "*", "is not a comma-separated list of https origins without a path"],
    [
      "PETSTORE_ORIGINS",
      "https://petstore.test/",
      "is not a comma-separated list of https origins without a path",
    ],
    ["PETSTORE_ORIGINS", "https://petstore.test,https://petstore.example", "is an example domain"],
  ])('are rejected with %s "%s"', (name, value, reason) => {
    expect(() => readSettings("production", { ...complete, [name]: value })).toThrow(
      `: ${name} "${value}" ${reason}. Correct`,
    );
  });

  it("are rejected as .env.example has them", () => {
    const example = variablesOf(".env.example");

    expect(Object.keys(example)).toEqual(Object.keys(complete));
    expect(() => readSettings("production", example)).toThrow(
      /PETSTORE_MAIL_FROM .* is an example domain, PETSTORE_ALARM_ADDRESS .* is an example domain, PETSTORE_ORIGINS/,
    );
  });

  it("fail synthesis with one line when one is missing", async () => {
    const synthesis = synthesizeVariant("production", {
      "infra/test.env": (text) => text.replace(/^PETSTORE_MAIL_FROM=.*$/m, ""),
    });

    await expect(synthesis).rejects.toThrow(
      /^sst\.config\.ts failed: Stage production has .* is not set\. Correct .*\.$/,
    );
  });
});

describe("the graph of production", () => {
  const { all, region } = graphOf("production");

  it("has the region of the settings", () => {
    expect(region).toBe(complete.PETSTORE_REGION);
  });

  it("sends alarms by mail", () => {
    expect(all("aws:sns/topicSubscription:TopicSubscription")).toMatchObject([
      { protocol: "email", endpoint: "operators@petstore.test" },
    ]);
  });
});

describe.each([
  ["offline", "petstore@example.com"],
  ["production", "pets@petstore.test"],
])("the graph of %s", (stage, mailFrom) => {
  const { all } = graphOf(stage);
  const [identity, ...others] = all("aws:sesv2/emailIdentity:EmailIdentity");
  const [configurationSet] = all("aws:sesv2/configurationSet:ConfigurationSet");

  it("has the identity that mail is sent from", () => {
    expect(others).toEqual([]);
    expect(identity).toMatchObject({
      emailIdentity: mailFrom,
      configurationSetName: configurationSet?.configurationSetName,
    });
  });

  it("allows mail only through the identity and its configuration set", () => {
    const statements = all("aws:iam/role:Role")
      .flatMap(({ inlinePolicies }) => inlinePolicies.flatMap(({ policy }) => policy.Statement))
      .filter(({ Action }) => Action.some((action) => action.startsWith("ses:")));

    expect(statements).toEqual([
      {
        Effect: "Allow",
        Action: ["ses:SendEmail"],
        Resource: [identity?.arn, configurationSet?.arn],
        Condition: { StringEquals: { "ses:FromAddress": [mailFrom] } },
      },
    ]);
  });
});
