import type { PreTokenGenerationV2TriggerEvent } from "aws-lambda";

/**
 * Adds a user's verified address to the access token, which has none by default. It is the default
 * `ownerEmail` of a new pet.
 *
 * Cognito calls it before it issues a user's tokens (pre token generation, event version 2), and not
 * for the client credentials grant.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const handler = async (
  event: PreTokenGenerationV2TriggerEvent,
): Promise<PreTokenGenerationV2TriggerEvent> => {
  const { email, email_verified } = event.request.userAttributes;
  if (!email || email_verified !== "true") return event;
  const claimsAndScopeOverrideDetails = {
    accessTokenGeneration: { claimsToAddOrOverride: { email } },
  };
  return { ...event, response: { claimsAndScopeOverrideDetails } };
};
