import { IssuerUnreachable } from "@petstore/jwt-authorizer/issuer-keys";
import {
  createTokenVerifier,
  extractToken,
  InvalidToken,
} from "@petstore/jwt-authorizer/verify-token";
import { UserError } from "../../util/user-error.ts";
import { claimTexts, grantedScopes } from "./claims.ts";
import { GatewayError } from "./errors.ts";
import type { HttpApi, HttpRoute } from "./resources.ts";

/** What a function is told of its caller: `requestContext.authorizer`. */
export interface Caller {
  jwt: {
    claims: Record<string, string>;
    /** All scopes of the token; null where the route requires none (measured on AWS, not documented). */
    scopes: string[] | null;
  };
}

/** Finds the token in a request's merged headers or its query; empty: there is none. */
type FindToken = (
  headers: Record<string, string>,
  query: Record<string, string> | undefined,
) => string;

/** Lets a request through, or throws. Undefined: the route does not ask who calls. */
export type Authorize = (
  route: HttpRoute,
  ...request: Parameters<FindToken>
) => Promise<Caller | undefined>;

/**
 * The answer to a caller who is not let in, with a challenge after RFC 6750. AWS documents the form
 * of `invalid_token`; the bare `Bearer` for no token, and what stands in `$context.authorizer.error`,
 * are found in reports of HTTP APIs' answers; `insufficient_scope` follows from them and the RFC.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
 */
export class AccessDenied extends GatewayError {
  /** For the log: the value of `$context.authorizer.error`. */
  readonly authorizerError: string;

  constructor(status: 401 | 403, error: string, description: string, challenge = "Bearer") {
    super(status, undefined, { "www-authenticate": challenge });
    this.authorizerError = `${error}: ${description}`;
  }
}

/**
 * Decides about the callers of an API's routes.
 *
 * @throws UserError for an authorizer that looks for its token where this gateway does not
 */
export function authorizeFor({ authorizers }: HttpApi): Authorize {
  const byId = new Map(
    authorizers.map((authorizer) => [
      authorizer.id,
      { find: tokenFinder(authorizer.identitySource), verify: createTokenVerifier(authorizer) },
    ]),
  );
  return async ({ authorization }, ...request) => {
    if (!authorization) return undefined;
    const authorizer = authorization.type === "JWT" && byId.get(authorization.authorizerId);
    if (!authorizer) throw new GatewayError(403, "What decides about callers is not hosted");

    const token = authorizer.find(...request);
    if (!token) throw new AccessDenied(401, "missing", "token not provided");
    const claims = await authorizer.verify(token).catch((error) => {
      const isRefusal = error instanceof InvalidToken || error instanceof IssuerUnreachable;
      throw isRefusal ? denied(401, "", "invalid_token", error.message) : error;
    });
    const required = authorization.scopes;
    const granted = grantedScopes(claims);
    if (required.length > 0 && !required.some((scope) => granted.has(scope))) {
      const description = "the token has none of the scopes that the route requires";
      throw denied(403, required.join(" "), "insufficient_scope", description);
    }
    return {
      jwt: { claims: claimTexts(claims), scopes: required.length > 0 ? [...granted] : null },
    };
  };
}

function denied(status: 401 | 403, scope: string, error: string, description: string) {
  const challenge = `Bearer scope="${scope}" error="${error}" error_description="${description}"`;
  return new AccessDenied(status, error, description, challenge);
}

function tokenFinder(identitySource: string): FindToken {
  const [, place, name = ""] = /^\$request\.(header|querystring)\.(.+)$/.exec(identitySource) ?? [];
  if (!place) {
    throw new UserError(
      `The identity source "${identitySource}" of a JWT authorizer is not valid: write $request.header.<name> or $request.querystring.<name>.`,
    );
  }
  return (headers, query) => {
    return extractToken(place === "header" ? headers[name.toLowerCase()] : query?.[name]);
  };
}
