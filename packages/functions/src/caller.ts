import type { Caller } from "@petstore/core/caller";
import { OwnerId } from "@petstore/core/pets/pet";
import { Problem } from "@petstore/core/problems/problem";
import { Resource } from "sst";
import * as z from "zod";

/** The claims of a token that API Gateway has verified. It passes them on as strings. */
const Claims = z.object({
  sub: OwnerId,
  /** Used only to send mail. An invalid address is ignored. */
  email: z.email().max(254).optional().catch(undefined),
});

/** The token's scopes, from its claim `scope` or `scp`. */
const Scopes = z.array(z.string()).nullish();

const AuthorizedEvent = z.object({
  requestContext: z.object({
    authorizer: z.object({ jwt: z.object({ claims: Claims, scopes: Scopes }) }),
  }),
});

/**
 * Returns the caller of a route with API Gateway's JWT authorizer. Scopes are never read from the
 * claims: there, a list of two elements and one element with a space are both `[a b]`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @throws Problem `not-authenticated` when the token has no valid `sub`
 */
export function callerOf(event: object): Caller {
  const authorized = AuthorizedEvent.safeParse(event).data;
  if (!authorized) throw notAuthenticated("The token's sub is missing or invalid.");
  const { claims, scopes } = authorized.requestContext.authorizer.jwt;
  const { sub: id, email } = claims;
  return { id, email, admin: scopes?.includes(Resource.Auth.adminScope) ?? false };
}

/** Returns a problem with a challenge that names the error (RFC 6750, section 3). */
export const notAuthenticated = (
  detail: string,
  challenge = 'Bearer error="invalid_token"',
  cause?: unknown,
) =>
  new Problem("not-authenticated", detail, { headers: { "www-authenticate": challenge }, cause });
