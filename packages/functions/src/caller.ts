import type { Caller } from "@petstore/core/caller";
import { OwnerId } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";
import { Resource } from "sst";
import * as z from "zod";

/** The claims of a token, which API Gateway has verified and hands on as strings. */
const Claims = z.object({
  sub: OwnerId,
  /** Only to write to; one that is none is as good as none. */
  email: z.email().max(254).optional().catch(undefined),
});

/** The token's scopes, as API Gateway has found them in `scope` or `scp`. */
const Scopes = z.array(z.string()).nullish();

const Authorized = z.object({
  requestContext: z.object({
    authorizer: z.object({ jwt: z.object({ claims: Claims, scopes: Scopes }) }),
  }),
});

/**
 * Returns who sent a request on a route with API Gateway's JWT authorizer. Scopes are never read from
 * the claims: a list comes there as `[a b]`, be it of two elements or of one with a space in it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @throws Problem `not-authenticated` where the token says nothing of that which we could use
 */
export function callerOf(event: object): Caller {
  const authorized = Authorized.safeParse(event).data;
  if (!authorized)
    throw notAuthenticated("The token's sub is missing, or none that is taken here.");
  const { claims, scopes } = authorized.requestContext.authorizer.jwt;
  const { sub: id, email } = claims;
  return { id, email, admin: scopes?.includes(Resource.Auth.adminScope) ?? false };
}

/** What is wrong with a token is said in the header as well (RFC 6750, section 3). */
export const notAuthenticated = (
  detail: string,
  challenge = 'Bearer error="invalid_token"',
  cause?: unknown,
) =>
  new Problem("not-authenticated", detail, { headers: { "www-authenticate": challenge }, cause });
