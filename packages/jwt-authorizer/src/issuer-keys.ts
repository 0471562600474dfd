import type { JWTVerifyGetKey } from "jose";
import * as z from "zod";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const TIMEOUT_MS = 1_500;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
const CACHE_MS = 2 * 60 * 60 * 1000;
/** An unknown key causes a new request for the keys, but at most one in this time. */
const COOLDOWN_MS = 10_000;

/** OpenID Connect Discovery 1.0, section 3. */
const Discovery = z.object({ jwks_uri: z.url() });

/** The keys of an issuer cannot be fetched. The message is that of API Gateway. */
export class IssuerUnreachable extends Error {
  override readonly name = "IssuerUnreachable";
}

/**
 * Returns a function that finds the public key of a token. It fetches the issuer's discovery document
 * and keys for the first token, and caches them.
 *
 * @param issuer the URL of the issuer
 * @throws {IssuerUnreachable} The returned function cannot fetch the document or the keys.
 * @throws {JOSEError} The returned function finds no key, or several.
 */
export function createKeyFinder(issuer: string): JWTVerifyGetKey {
  let discovered: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    discovered ??= discover(issuer).catch((cause) => {
      discovered = undefined;
      throw new IssuerUnreachable("OIDC discovery endpoint communication error", { cause });
    });
    const findKey = await discovered;
    try {
      return await findKey(header, token);
    } catch (cause) {
      if (isKeyMismatch(cause)) throw cause;
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

/** Whether the keys were fetched, but none or several of them match. */
function isKeyMismatch(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ERR_JWKS_NO_MATCHING_KEY" || code === "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
}
