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
  /** Separated by spaces (RFC 9068, section 2.2.3). */
  scope: z.string().default(""),
  /** What some issuers have instead: the same, or a list, which comes as `[a b]`. */
  scp: z.string().default(""),
});

const Authorized = z.object({
  requestContext: z.object({ authorizer: z.object({ jwt: z.object({ claims: Claims }) }) }),
});

/**
 * Who sent a request on a route with API Gateway's JWT authorizer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 *
 * @throws Problem `not-authenticated` where the token says nothing of that which we could use
 */
export function callerOf(event: object): Caller {
  const authorized = Authorized.safeParse(event).data;
  if (!authorized)
    throw notAuthenticated("The token's sub is missing, or none that is taken here.");
  const { sub: id, email, scope, scp } = authorized.requestContext.authorizer.jwt.claims;
  const scopes = `${scope} ${scp.replace(/^\[(.*)\]$/, "$1")}`.split(" ");
  return { id, email, admin: scopes.includes(Resource.Auth.adminScope) };
}

/** What is wrong with a token is said in the header as well (RFC 6750, section 3). */
export const notAuthenticated = (
  detail: string,
  challenge = 'Bearer error="invalid_token"',
  cause?: unknown,
) =>
  new Problem("not-authenticated", detail, { headers: { "www-authenticate": challenge }, cause });
