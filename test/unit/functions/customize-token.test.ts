import { handler } from "@petstore/functions/auth/customize-token";
import type { PreTokenGenerationV2TriggerEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";

const event = (userAttributes: Record<string, string>) =>
  ({
    version: "2",
    triggerSource: "TokenGeneration_HostedAuth",
    userPoolId: "us-east-1_pool",
    userName: "ann",
    request: { userAttributes: { sub: "ann", ...userAttributes }, groupConfiguration: {} },
    response: { claimsAndScopeOverrideDetails: null },
  }) as unknown as PreTokenGenerationV2TriggerEvent;

describe("an access token", () => {
  it("gets the user's verified address, and the event is otherwise unchanged", async () => {
    const given = event({ email: "ann@example.com", email_verified: "true" });

    expect(await handler(given)).toEqual({
      ...given,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { email: "ann@example.com" } },
        },
      },
    });
  });

  it.each([
    { name: "is not verified", attributes: { email: "ann@example.com", email_verified: "false" } },
    { name: "may not be verified", attributes: { email: "ann@example.com" } },
    { name: "is missing", attributes: { email_verified: "true" } },
  ])("is unchanged when the address $name", async ({ attributes }) => {
    const given = event(attributes as Record<string, string>);
    expect(await handler(given)).toEqual(given);
  });
});
