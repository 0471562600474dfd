import { OwnerId } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";
import { IssuerUnreachable } from "@petstore/jwt-authorizer/issuer-keys";
import {
  createTokenVerifier,
  extractToken,
  type VerifyToken,
} from "@petstore/jwt-authorizer/verify-token";
import { Resource } from "sst";
import * as z from "zod";
import { notAuthenticated } from "./caller.ts";

/** Issuer and audiences of API Gateway's authorizer. */
const Auth = z.object({ issuer: z.url(), audiences: z.array(z.string()).min(1) });

/** Caches the issuer's keys for the life of the process. */
let verify: VerifyToken | undefined;

/**
 * Returns the `sub` of the bearer token of a request to a public route, for which API Gateway does
 * not verify tokens. The rules are those of API Gateway's authorizer.
 *
 * @param authorization the header of that name
 * @throws Problem `not-authenticated` without a valid token, `try-again` when the issuer's keys
 * cannot be fetched
 */
export async function readBearerSubject(authorization: string | undefined): Promise<string> {
  const token = extractToken(authorization);
  if (!token) throw notAuthenticated("Send a bearer token.", "Bearer");
  verify ??= createTokenVerifier(Auth.parse(Resource.Auth));
  try {
    const { sub } = await verify(token);
    return OwnerId.parse(sub);
  } catch (error) {
    if (error instanceof IssuerUnreachable) {
      const detail = "The issuer's keys cannot be fetched. Send the request again.";
      throw new Problem("try-again", detail, { headers: { "retry-after": "1" }, cause: error });
    }
    throw notAuthenticated("The token is invalid or has expired.", undefined, error);
  }
}
