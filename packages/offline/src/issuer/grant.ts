import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { UserPool } from "../graph/app.ts";

/**
 * A request for an access token: Cognito's client credentials grant, and whose token it is to be.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
const TokenRequest = z.object({
  grant_type: z.literal("client_credentials"),
  client_id: z.string().optional(),
  /** Separated by spaces, with their full names or without that of the resource server. */
  scope: z.string().default(""),
  sub: z.string().min(1).max(128).optional(),
  email: z.email().optional(),
  /** Seconds. */
  expires_in: z.coerce.number().int().positive().max(86_400).default(3_600),
});

/** What the token of a request says, but for its issuer; or an error after RFC 6749, section 5.2. */
export type Grant =
  | { claims: Record<string, unknown>; lifetimeSeconds: number; scope: string }
  | { error: string; error_description: string };

/** Scopes that Cognito has of its own. */
const OWN_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/**
 * What a user pool grants to a request. The claims are those of Cognito's access tokens, and `email`,
 * which on AWS is added by a trigger. Without scopes the token has all of the resource servers'.
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
  const { sub = client_id } = parsed.data;
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
      ...(email && { email }),
    },
    lifetimeSeconds,
    scope,
  };
}

function fullName(scope: string, known: string[]): string | undefined {
  return known.find((full) => full === scope) ?? known.find((full) => full.endsWith(`/${scope}`));
}

const summarize = ({ issues }: z.ZodError) =>
  `${issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}.`;

const refused = (error: string, error_description: string) => ({ error, error_description });
