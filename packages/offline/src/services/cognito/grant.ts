import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { UserPool } from "./resources.ts";

const MAX_SECONDS = 86_400;

/**
 * Characters of the identifiers that issuers give to users: UUIDs (Cognito, Keycloak), numbers
 * (Google), `auth0|5f7c…`, user names and email addresses. An API may well refuse any other, and a
 * token that looks right and is refused is hard to explain.
 */
const SUB = /^[A-Za-z0-9._:|@+-]{1,128}$/;

/** An error that quotes the value, to be read after the name of the parameter. */
const mustBe = (what: string) => ({
  error: ({ input }: { input?: unknown }) => `must be ${what}, not ${JSON.stringify(input)}`,
});

/**
 * A request for an access token: Cognito's client credentials grant, and whose token it is to be.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export const TokenRequest = z
  .object({
    grant_type: z.literal("client_credentials", mustBe('"client_credentials"')),
    client_id: z.string().optional(),
    /** Separated by spaces, with their full names or without that of the resource server. */
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
    error: "is an attribute of a user, so it needs a sub: a client's own token has no user",
  });

/** What the token of a request says, but for its issuer; or an error after RFC 6749, section 5.2. */
export type Grant =
  | {
      claims: AccessTokenClaims;
      lifetimeSeconds: number;
      /** What the pool knows of the user, for its trigger. Absent: the token is a client's own. */
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

/** Scopes that Cognito has of its own. */
const OWN_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/**
 * What a user pool grants to a request. The claims are those of Cognito's access tokens. Without scopes
 * the token has all of the resource servers'.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function grant(pool: UserPool, body: unknown, now = new Date()): Grant {
  const parsed = TokenRequest.safeParse(body);
  if (!parsed.success) return refused("invalid_request", summarize(parsed.error));
  const { client_id = pool.clientIds[0], email, expires_in: lifetimeSeconds } = parsed.data;
  if (!client_id || !pool.clientIds.includes(client_id)) {
    const known = pool.clientIds.join(", ") || "none";
    return refused("invalid_client", `The clients of ${pool.name}: ${known}.`);
  }

  const asked = parsed.data.scope.split(" ").filter((scope) => scope !== "");
  const known = [...pool.scopes, ...OWN_SCOPES];
  const unknown = asked.find((scope) => !fullName(scope, known));
  if (unknown) {
    return refused("invalid_scope", `There is no scope ${unknown}: there are ${known.join(", ")}.`);
  }
  const scopes = asked.map((scope) => fullName(scope, known));
  const scope = (asked.length > 0 ? scopes : pool.scopes).join(" ");
  const iat = Math.floor(now.getTime() / 1000);
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

const refused = (error: string, error_description: string) => ({ error, error_description });
