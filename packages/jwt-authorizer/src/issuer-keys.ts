import type { JWTVerifyGetKey } from "jose";
import * as z from "zod";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const TIMEOUT_MS = 1_500;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
const CACHE_MS = 2 * 60 * 60 * 1000;
/** A key that is not known makes the keys be fetched again, but not more often than this. */
const COOLDOWN_MS = 10_000;

/** OpenID Connect Discovery 1.0, section 3. */
const Discovery = z.object({ jwks_uri: z.url() });

/** The keys of an issuer cannot be had; the message is API Gateway's own. */
export class IssuerUnreachable extends Error {
  override readonly name = "IssuerUnreachable";
}

/**
 * The public keys of an issuer, found by its discovery document: fetched when first asked for, then
 * kept.
 *
 * @throws IssuerUnreachable when it does not answer; what jose throws for a key that is not there
 */
export function createKeyFinder(issuer: string): JWTVerifyGetKey {
  let discovered: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    discovered ??= discover(issuer).catch((cause) => {
      discovered = undefined;
      throw new IssuerUnreachable("OIDC discovery endpoint communication error", { cause });
    });
    const keyOf = await discovered;
    try {
      return await keyOf(header, token);
    } catch (cause) {
      if (isAboutKeys(cause)) throw cause;
      throw new IssuerUnreachable("JWKS communication error", { cause });
    }
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import("jose/jwks/remote");
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { jwks_uri } = Discovery.parse(await response.json());
  return createRemoteJWKSet(new URL(jwks_uri), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: CACHE_MS,
  });
}

/** Whether the keys were there, but none of them, or too many, were the one. */
function isAboutKeys(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ERR_JWKS_NO_MATCHING_KEY" || code === "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
}
