import type { JWTVerifyGetKey } from "jose";
import { createKeyFinder, IssuerUnreachable } from "./issuer-keys.ts";

/** The claims of a token, as it has them. */
export type Claims = Record<string, unknown>;

/** A token is not accepted; the message is the `error_description` that the client gets. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/**
 * Returns the claims of a valid token.
 *
 * @throws InvalidToken for any other
 * @throws IssuerUnreachable when the issuer's keys cannot be fetched
 */
export type VerifyToken = (token: string) => Promise<Claims>;

/** Returns the token in the value of a header: it stands there alone, or after `Bearer`. */
export const extractToken = (fieldValue = ""): string =>
  fieldValue.replace(/^\s*bearer(\s+|$)/i, "").trim();

const ALGORITHMS = ["RS256", "RS384", "RS512"];

/** By the code of jose's error. */
const DESCRIPTIONS: Record<string, string> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "the token is not signed with RSA",
  ERR_JWKS_NO_MATCHING_KEY: "the issuer does not have the token's key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the token has an invalid signature",
  ERR_JWT_EXPIRED: "the token has expired",
};

/**
 * Returns what verifies tokens as a JWT authorizer does: an RSA signature by the key that `kid` names,
 * `iss`, `aud` (or `client_id`, only where there is no `aud`), `exp`, `nbf` and `iat`, with no allowance
 * for clocks that differ. A token without `exp` or with the `aud` null is refused; what AWS does with
 * it is not documented.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * AWS documents the description of an invalid audience. Those of the segments and the issuer are found
 * in reports of HTTP APIs' responses. The others are our own.
 */
export function createTokenVerifier({
  issuer,
  audiences,
}: {
  /** URL of the identity provider, as its tokens have it. */
  issuer: string;
  audiences: readonly string[];
}): VerifyToken {
  const findKey = createKeyFinder(issuer);
  const keyOf: JWTVerifyGetKey = (header, token) => {
    // A set of one key would do without: API Gateway does not.
    if (!header.kid) throw new InvalidToken("the token does not name its key");
    return findKey(header, token);
  };
  return async (token) => {
    if (token.split(".").length !== 3) {
      throw new InvalidToken("token contains an invalid number of segments");
    }
    // The first token loads it, so that no start has to wait.
    const { jwtVerify } = await import("jose/jwt/verify");
    const options = { algorithms: ALGORITHMS, requiredClaims: ["exp"] };
    const { payload } = await jwtVerify(token, keyOf, options).catch((error) => {
      if (error instanceof IssuerUnreachable) throw error;
      throw new InvalidToken(describe(error), { cause: error });
    });
    const { iss, aud, client_id, iat = 0 } = payload;
    if (iss !== issuer) throw new InvalidToken("issuer does not match");
    const meantFor = [aud === undefined ? client_id : aud].flat();
    if (!audiences.some((audience) => meantFor.includes(audience))) {
      throw new InvalidToken("the token does not have a valid audience");
    }
    if (iat > Date.now() / 1000) throw new InvalidToken("the token was issued in the future");
    return payload;
  };
}

function describe(error: Error & { code?: string; claim?: string }): string {
  if (error instanceof InvalidToken) return error.message;
  if (error.claim === "nbf") return "the token is not valid yet";
  return DESCRIPTIONS[error.code ?? ""] ?? "the token is malformed";
}
