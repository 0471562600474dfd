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

/** Who issues the tokens, and for whom: the same as in API Gateway's authorizer. */
const Auth = z.object({ issuer: z.url(), audiences: z.array(z.string()).min(1) });

/** Has the issuer's keys, for the life of the process. */
let verify: VerifyToken | undefined;

/**
 * Returns who sent a request on a public route, where API Gateway verifies nothing: the `sub` of its
 * bearer token, by the rules of API Gateway's own authorizer.
 *
 * @param authorization the header of that name
 * @throws Problem `not-authenticated` without a valid token, `try-again` when the issuer's keys
 * cannot be fetched
 */
export async function bearerOf(authorization: string | undefined): Promise<string> {
  const token = extractToken(authorization);
  if (!token) throw notAuthenticated("Send a bearer token.", "Bearer");
  verify ??= createTokenVerifier(Auth.parse(Resource.Auth));
  try {
    const { sub } = await verify(token);
    return OwnerId.parse(sub);
  } catch (error) {
    if (error instanceof IssuerUnreachable) {
      throw new Problem("try-again", "The keys that tokens are verified with cannot be fetched.", {
        headers: { "retry-after": "1" },
        cause: error,
      });
    }
    throw notAuthenticated("The token is not valid here, or not any more.", undefined, error);
  }
}
