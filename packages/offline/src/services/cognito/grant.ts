import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { UserPool } from "./resources.ts";

const MAX_SECONDS = 86_400;

/**
 * Characters of the identifiers that issuers give to users: UUIDs (Cognito, Keycloak), numbers
 * (Google), `auth0|5f7c…`, user names and email addresses. Other characters are rejected here, because
 * an API that rejects a valid token is hard to debug.
 */
const SUB = /^[A-Za-z0-9._:|@+-]{1,128}$/;

/** Returns a validation error that quotes the value and follows the name of the parameter. */
const mustBe = (what: string) => ({
  error: ({ input }: { input?: unknown }) => `must be ${what}, not ${JSON.stringify(input)}`,
});

/**
 * A request for an access token: Cognito's client credentials grant, extended by the token's user.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export const TokenRequest = z
  .object({
    grant_type: z.literal("client_credentials", mustBe('"client_credentials"')),
    client_id: z.string().optional(),
    /** Scopes separated by spaces, with or without the name of the resource server. */
    scope: z.string().default(""),
    sub: z.string().regex(SUB, mustBe("1 to 128 letters, digits and . _ : | @ + -")).optional(),
    email: z.email(mustBe("an email address")).optional(),
    /** Seconds. */
    expires_in: z
      .string()
      .refine(
        (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_SECONDS,
        mustBe(`a whole number of seconds from 1 to ${MAX_SECONDS}`),
      )
      .transform(Number)
      .default(3_600),
  })
  .refine(({ sub, email }) => sub !== undefined || email === undefined, {
    path: ["email"],
    error: "is an attribute of a user, so it requires a sub: a client's own token has no user",
  });

/** The content of a token except for its issuer, or an error (RFC 6749, section 5.2). */
export type Grant =
  | {
      claims: AccessTokenClaims;
      lifetimeSeconds: number;
      /** Attributes for the pool's trigger; undefined for a client's own token. */
      userAttributes: Record<string, string> | undefined;
    }
  | { error: string; error_description: string };

export interface AccessTokenClaims {
  sub: string;
  client_id: string;
  /** Separated by spaces. */
  scope: string;
  [name: string]: unknown;
}

/** Scopes that Cognito defines for all pools. */
const STANDARD_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/**
 * Validates a token request and returns the claims of Cognito's access tokens. A request without scopes
 * gets all scopes of the resource servers.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 *
 * @param body the parsed form
 * @param now milliseconds since the epoch
 */
export function grantToken(pool: UserPool, body: unknown, now: number): Grant {
  const parsed = TokenRequest.safeParse(body);
  if (!parsed.success) return tokenError("invalid_request", summarize(parsed.error));
  const { client_id = pool.clientIds[0], email, expires_in: lifetimeSeconds } = parsed.data;
  if (!client_id || !pool.clientIds.includes(client_id)) {
    const known = pool.clientIds.join(", ") || "none";
    return tokenError(
      "invalid_client",
      `Unknown client_id. The clients of ${pool.name} are: ${known}.`,
    );
  }

  const requested = parsed.data.scope.split(" ").filter((scope) => scope !== "");
  const known = [...pool.scopes, ...STANDARD_SCOPES];
  const unknown = requested.find((scope) => !fullName(scope, known));
  if (unknown) {
    return tokenError(
      "invalid_scope",
      `Unknown scope ${unknown}. The scopes of ${pool.name} are: ${known.join(", ")}.`,
    );
  }
  const scopes = requested.map((scope) => fullName(scope, known));
  const scope = (requested.length > 0 ? scopes : pool.scopes).join(" ");
  const iat = Math.floor(now / 1000);
  const { sub: user, sub = client_id } = parsed.data;
  return {
    claims: {
      sub,
      client_id,
      token_use: "access",
      scope,
      version: 2,
      auth_time: iat,
      iat,
      exp: iat + lifetimeSeconds,
      jti: randomUUID(),
      username: sub,
    },
    lifetimeSeconds,
    userAttributes:
      user === undefined
        ? undefined
        : {
            sub: user,
            "cognito:user_status": "CONFIRMED",
            ...(email && { email, email_verified: "true" }),
          },
  };
}

function fullName(scope: string, known: string[]): string | undefined {
  return known.find((full) => full === scope) ?? known.find((full) => full.endsWith(`/${scope}`));
}

const summarize = ({ issues }: z.ZodError) =>
  `${issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ")}.`;

const tokenError = (error: string, error_description: string) => ({ error, error_description });
