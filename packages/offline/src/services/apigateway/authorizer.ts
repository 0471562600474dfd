import { IssuerUnreachable } from "@petstore/jwt-authorizer/issuer-keys";
import type { Claims } from "@petstore/jwt-authorizer/verify-token";
import {
  createTokenVerifier,
  extractToken,
  InvalidToken,
} from "@petstore/jwt-authorizer/verify-token";
import type { Clock } from "../../util/clock.ts";
import { UserError } from "../../util/user-error.ts";
import type { HttpApi, HttpRoute } from "./resources.ts";
import { GatewayError } from "./response.ts";

/** The caller of a function: the event's `requestContext.authorizer`. */
export interface Caller {
  jwt: {
    claims: Record<string, string>;
    /** All scopes of the token; null if the route requires none (measured on AWS, not documented). */
    scopes: string[] | null;
  };
}

/** Finds the token in a request's merged headers or query; "" if there is none. */
type FindToken = (
  headers: Record<string, string>,
  query: Record<string, string> | undefined,
) => string;

/**
 * Authorizes a request.
 *
 * @returns the caller; undefined for a public route
 * @throws {AccessDenied} There is no valid token, or it lacks the route's scopes.
 * @throws {GatewayError} The route's authorization is not supported offline.
 */
export type Authorize = (
  route: HttpRoute,
  ...request: Parameters<FindToken>
) => Promise<Caller | undefined>;

/**
 * A rejected caller. The response has a challenge after RFC 6750. AWS documents the form of
 * `invalid_token`. The bare `Bearer` for a missing token and the value of `$context.authorizer.error`
 * come from reports of HTTP APIs' responses; `insufficient_scope` follows from them and the RFC.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
 */
export class AccessDenied extends GatewayError {
  /** The value of `$context.authorizer.error` in the access log. */
  readonly authorizerError: string;

  constructor(status: 401 | 403, error: string, description: string, challenge = "Bearer") {
    super(status, undefined, { "www-authenticate": challenge });
    this.authorizerError = `${error}: ${description}`;
  }
}

/**
 * Creates the function that authorizes requests to an API.
 *
 * @throws {UserError} The identity source of an authorizer is not supported.
 */
export function createAuthorizer({ authorizers }: HttpApi, clock: Clock): Authorize {
  const byId = new Map(
    authorizers.map((authorizer) => [
      authorizer.id,
      {
        findToken: tokenFinder(authorizer.identitySource),
        verify: createTokenVerifier({ ...authorizer, now: clock.now }),
      },
    ]),
  );
  return async ({ authorization }, ...request) => {
    if (!authorization) return undefined;
    const authorizer = authorization.type === "JWT" && byId.get(authorization.authorizerId);
    if (!authorizer)
      throw new GatewayError(403, "The route's authorization is not supported offline");

    const token = authorizer.findToken(...request);
    if (!token) throw new AccessDenied(401, "missing", "token not provided");
    const claims = await authorizer.verify(token).catch((error) => {
      const isRejection = error instanceof InvalidToken || error instanceof IssuerUnreachable;
      throw isRejection ? denied(401, "", "invalid_token", error.message) : error;
    });
    const required = authorization.scopes;
    const granted = parseScopes(claims);
    if (required.length > 0 && !required.some((scope) => granted.has(scope))) {
      const description = "the token has none of the scopes that the route requires";
      throw denied(403, required.join(" "), "insufficient_scope", description);
    }
    return {
      jwt: { claims: formatClaims(claims), scopes: required.length > 0 ? [...granted] : null },
    };
  };
}

function denied(status: 401 | 403, scope: string, error: string, description: string) {
  const challenge = `Bearer scope="${scope}" error="${error}" error_description="${description}"`;
  return new AccessDenied(status, error, description, challenge);
}

function tokenFinder(identitySource: string): FindToken {
  const [, location, name = ""] =
    /^\$request\.(header|querystring)\.(.+)$/.exec(identitySource) ?? [];
  if (!location) {
    throw new UserError(
      `The identity source "${identitySource}" of a JWT authorizer is not valid: use $request.header.<name> or $request.querystring.<name>.`,
    );
  }
  return (headers, query) => {
    return extractToken(location === "header" ? headers[name.toLowerCase()] : query?.[name]);
  };
}

/**
 * Formats claims as functions receive them: as text, without those that are null. AWS does not document
 * the format of other values. Lists were measured to be in Go's format, `[a b]`, so objects are too.
 */
export function formatClaims(claims: Claims): Record<string, string> {
  // Without a prototype, because a claim may be named `__proto__`.
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null) texts[name] = formatClaim(value);
  }
  return texts;
}

function formatClaim(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatClaim).join(" ")}]`;
  if (value === null) return "<nil>";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, item]) => `${name}:${formatClaim(item)}`).join(" ")}]`;
}

/**
 * Returns the scopes in a token's `scope` and `scp`: separated by spaces in a string, or one scope per
 * element in a list.
 */
export function parseScopes({ scope, scp }: Claims): Set<string> {
  const scopes = [scope, scp].flatMap((claim) =>
    typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [],
  );
  return new Set(scopes.filter((one) => one !== ""));
}
