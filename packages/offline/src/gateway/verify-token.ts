import type { JWTVerifyGetKey } from "jose";
import type { JwtAuthorizer } from "../graph/app.ts";
import type { Claims } from "./claims.ts";
import { IssuerUnreachable, issuerKeys } from "./issuer-keys.ts";

/** A token is not accepted; the message is the `error_description` that the client gets. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/** The claims of a good token; throws {@link InvalidToken} for any other. */
export type VerifyToken = (token: string) => Promise<Claims>;

const ALGORITHMS = ["RS256", "RS384", "RS512"];

/** By the code of jose's error. */
const DESCRIPTIONS: Record<string, string> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "the token is not signed with RSA",
  ERR_JWKS_NO_MATCHING_KEY: "the issuer does not have the token's key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "the token has an invalid signature",
  ERR_JWT_EXPIRED: "the token has expired",
};

/**
 * Verifies tokens as a JWT authorizer does: an RSA signature by the key that `kid` names, `iss`,
 * `aud` (or `client_id`, only where there is no `aud`), `exp`, `nbf` and `iat`, with no allowance
 * for clocks that differ. A token without `exp` is refused; what AWS does with it is not documented.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * AWS documents the description of an invalid audience. Those of the segments, the issuer, and an
 * issuer that does not answer are found in reports of HTTP APIs' answers. The others are our own.
 */
export function tokenVerifier({ issuer, audiences }: JwtAuthorizer): VerifyToken {
  const findKey = issuerKeys(issuer);
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
    const { jwtVerify } = await import("jose");
    const options = { algorithms: ALGORITHMS, requiredClaims: ["exp"] };
    const { payload } = await jwtVerify(token, keyOf, options).catch((error) => {
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
  if (error instanceof InvalidToken || error instanceof IssuerUnreachable) return error.message;
  if (error.claim === "nbf") return "the token is not valid yet";
  return DESCRIPTIONS[error.code ?? ""] ?? "the token is malformed";
}
