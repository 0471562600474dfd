import { OwnerId } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";
import type { JWTVerifyGetKey } from "jose";
import { Resource } from "sst";
import * as z from "zod";
import { notAuthenticated } from "./caller.ts";

/** Who issues the tokens, and for whom: the same as in API Gateway's authorizer. */
const Auth = z.object({ issuer: z.url(), audiences: z.array(z.string()).min(1) });

/** Milliseconds for each of the two documents an issuer is asked for; together well within a function's time. */
const TIMEOUT_MS = 2_000;

/** The issuer's keys, for the life of the process; jose fetches them anew when they are old, or one is new. */
let keys: Promise<JWTVerifyGetKey> | undefined;

/**
 * Who sent a request on a public route, where API Gateway verifies nothing: the `sub` of its bearer
 * token, by the rules of API Gateway's own authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @param authorization the header of that name
 * @throws Problem `not-authenticated` without a valid token, `try-again` when the issuer's keys
 * cannot be fetched
 */
export async function bearerOf(authorization: string | undefined): Promise<string> {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (!token) throw notAuthenticated("Send a bearer token.", "Bearer");
  const { issuer, audiences } = Auth.parse(Resource.Auth);
  // Loaded when it is needed, which it seldom is: a cold start has better things to do.
  const { jwtVerify } = await import("jose/jwt/verify");
  try {
    const { payload } = await jwtVerify(token, keyFrom(issuer), {
      issuer,
      algorithms: ["RS256"],
      requiredClaims: ["exp"],
    });
    // Cognito's access tokens have a `client_id` instead of an audience.
    const audience = [payload.aud ?? payload.client_id].flat();
    if (!audience.some((one) => audiences.includes(one as string))) throw new Error("audience");
    return OwnerId.parse(payload.sub);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw notAuthenticated("The token is not valid here, or not any more.", undefined, error);
  }
}

/** Finds the key that a token names among those of an issuer. */
const keyFrom =
  (issuer: string): JWTVerifyGetKey =>
  async (header, token) => {
    keys ??= discover(issuer).catch((error) => {
      keys = undefined;
      throw error;
    });
    try {
      return await (await keys)(header, token);
    } catch (cause) {
      // No such key, or several: that is the token's fault.
      if ((cause as { code?: string }).code?.includes("_MATCHING_KEY")) throw cause;
      throw new Problem("try-again", "The keys that tokens are verified with cannot be fetched.", {
        headers: { "retry-after": "1" },
        cause,
      });
    }
  };

/** OpenID Connect Discovery 1.0, section 4. */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import("jose/jwks/remote");
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const Configuration = z.object({ issuer: z.literal(issuer), jwks_uri: z.url() });
  const { jwks_uri } = Configuration.parse(await response.json());
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: TIMEOUT_MS });
}
