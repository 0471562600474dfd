import fc from "fast-check";
import type { Offline } from "../support/offline.ts";
import type { User } from "../support/users.ts";

/** The API, and a source of valid tokens. */
export type Api = Pick<Offline, "url" | "token">;

/** The sender of a request: with a token, with another `authorization`, or with none. */
export interface Sender {
  user?: User;
  authorization?: string;
}

/** Has all permissions. */
export const owner: User = { sub: "owner", scope: "pets:write pets:import pets:admin" };
/** Has all permissions for its own resources. */
const stranger: User = { sub: "stranger", scope: "pets:write pets:import" };
/** Has a token without a scope of this API. */
const reader: User = { sub: "reader", scope: "openid" };

/** Invalid values of `authorization`. The last one is an unsigned token. */
const broken = [
  "",
  "Bearer",
  "Bearer nonsense",
  "Bearer e30.e30.e30",
  "Basic YTpi",
  "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290Iiwic2NvcGUiOiJwZXRzOmFkbWluIn0.",
];

/** Generates senders, mostly with sufficient permissions. */
export const anySender: fc.Arbitrary<Sender> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ user: owner }) },
  { weight: 2, arbitrary: fc.constant({ user: stranger }) },
  { weight: 1, arbitrary: fc.constant({ user: reader }) },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom(...broken).map((authorization) => ({ authorization })) },
);

/** Returns the `authorization` header of a sender. */
export async function authorizationOf(
  { token }: Api,
  { user, authorization }: Sender,
): Promise<string | undefined> {
  return user ? `Bearer ${await token(user)}` : authorization;
}
