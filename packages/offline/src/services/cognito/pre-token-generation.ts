import * as z from "zod";
import type { Invoke } from "../../runtime/invocation.ts";
import type { AccessTokenClaims } from "./grant.ts";
import type { UserPool } from "./resources.ts";

const Response = z.object({
  response: z.object({
    claimsAndScopeOverrideDetails: z
      .object({
        accessTokenGeneration: z
          .object({
            claimsToAddOrOverride: z.record(z.string(), z.unknown()).nullish(),
            scopesToAdd: z.array(z.string()).nullish(),
            scopesToSuppress: z.array(z.string()).nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
});

/**
 * Invokes a user pool's pre token generation trigger, which customizes the access token of a user. It
 * can add claims and change the scopes, but cannot change the claims that every access token has.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 *
 * @throws {Error} The function fails, or its response is not valid; the message is Cognito's.
 */
export async function customizeAccessToken(
  pool: UserPool,
  claims: AccessTokenClaims,
  userAttributes: Record<string, string>,
  invoke: Invoke,
): Promise<AccessTokenClaims> {
  if (!pool.preTokenGenerationArn) return claims;
  const scopes = claims.scope.split(" ");
  const event = {
    version: "2",
    triggerSource: "TokenGeneration_HostedAuth",
    region: pool.id.split("_")[0],
    userPoolId: pool.id,
    userName: claims.sub,
    callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: claims.client_id },
    request: {
      userAttributes,
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes,
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
  const result = await invoke(pool.preTokenGenerationArn, JSON.stringify(event));
  if (result.kind !== "response") {
    const reason = result.kind === "error" ? result.errorMessage : "the function is throttled";
    throw new Error(`PreTokenGeneration failed with error ${reason}.`);
  }
  const parsed = Response.safeParse(JSON.parse(result.payload));
  if (!parsed.success) throw new Error("PreTokenGeneration returned an unrecognizable response.");

  const changes = parsed.data.response.claimsAndScopeOverrideDetails?.accessTokenGeneration;
  const suppressed = changes?.scopesToSuppress ?? [];
  const scope = [...scopes, ...(changes?.scopesToAdd ?? [])]
    .filter((one) => !suppressed.includes(one))
    .join(" ");
  return { ...changes?.claimsToAddOrOverride, ...claims, scope };
}
