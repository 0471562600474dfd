import type { JWTVerifyGetKey } from "jose";
import { createKeyFinder, IssuerUnreachable } from "./issuer-keys.ts";

/** The claims of a token, unchanged. */
export type Claims = Record<string, unknown>;

/** A token is rejected. The message is the `error_description` of the response. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/**
 * Returns the claims of a valid token.
 *
 * @throws {InvalidToken} The token is invalid.
 * @throws {IssuerUnreachable} The issuer's keys cannot be fetched.
 */
export type VerifyToken = (token: string) => Promise<Claims>;

/** Returns the token in a header's value, with or without `Bearer` before it; "" if there is none. */
export const extractToken = (fieldValue = ""): string =>
  fieldValue.replace(/^\s*bearer(\s+|$)/i, "").trim();

const ALGORITHMS = ["RS256", "RS384", "RS512"];

/** Descriptions by the codes of jose's errors. */
const DESCRIPTIONS: Record<string, string> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "the token is not signed with RSA",
  ERR_JWKS_NO_MATCHING_KEY: "the issuer does not have the token's key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the token has an invalid signature",
  ERR_JWT_EXPIRED: "the token has expired",
};

/**
 * Returns a function that verifies tokens as a JWT authorizer does: an RSA signature by the key with the
 * token's `kid`, `iss`, `aud` (or `client_id` if there is no `aud`), `exp`, `nbf` and `iat`, without
 * tolerance for clock skew. It rejects a token without `exp` or with the `aud` null; AWS does not
 * document these cases.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * AWS documents the description of an invalid audience. Those of segments and issuer come from reports
 * of HTTP APIs' responses. The others are our own.
 */
export function createTokenVerifier({
  issuer,
  audiences,
  now = Date.now,
}: {
  /** URL of the identity provider, exactly as in its tokens. */
  issuer: string;
  audiences: readonly string[];
  /** Returns the milliseconds since the epoch. */
  now?: () => number;
}): VerifyToken {
  const findKey = createKeyFinder(issuer);
  const keyOf: JWTVerifyGetKey = (header, token) => {
    // jose accepts a token without `kid` if the issuer has one key; API Gateway does not.
    if (!header.kid) throw new InvalidToken("the token does not name its key");
    return findKey(header, token);
  };
  return async (token) => {
    if (token.split(".").length !== 3) {
      throw new InvalidToken("token contains an invalid number of segments");
    }
    // Loaded on demand, so that cold starts do not wait for it.
    const { jwtVerify } = await import("jose/jwt/verify");
    const options = {
      algorithms: ALGORITHMS,
      requiredClaims: ["exp"],
      currentDate: new Date(now()),
    };
    const { payload } = await jwtVerify(token, keyOf, options).catch((error) => {
      if (error instanceof IssuerUnreachable) throw error;
      throw new InvalidToken(describeError(error), { cause: error });
    });
    const { iss, aud, client_id, iat = 0 } = payload;
    if (iss !== issuer) throw new InvalidToken("issuer does not match");
    const tokenAudiences = [aud === undefined ? client_id : aud].flat();
    if (!audiences.some((audience) => tokenAudiences.includes(audience))) {
      throw new InvalidToken("the token does not have a valid audience");
    }
    if (iat > now() / 1000) throw new InvalidToken("the token was issued in the future");
    return payload;
  };
}

function describeError(error: Error & { code?: string; claim?: string }): string {
  if (error instanceof InvalidToken) return error.message;
  if (error.claim === "nbf") return "the token is not valid yet";
  return DESCRIPTIONS[error.code ?? ""] ?? "the token is malformed";
}
