import fc from "fast-check";
import type { Offline } from "../support/offline.ts";
import type { User } from "../support/users.ts";

/** The API, and tokens that it takes. */
export type Api = Pick<Offline, "url" | "token">;

/** Who sends a request: somebody with a token, or with another `authorization`, or with none. */
export interface Sender {
  user?: User;
  authorization?: string;
}

/** May do everything with everything. */
export const owner: User = { sub: "owner", scope: "pets:write pets:import pets:admin" };
/** May do everything, but not with what is the owner's. */
const stranger: User = { sub: "stranger", scope: "pets:write pets:import" };
/** Has a token that is good for nothing here. */
const reader: User = { sub: "reader", scope: "openid" };

/** What no API should take for a token. The last is one, unsigned. */
const broken = [
  "",
  "Bearer",
  "Bearer nonsense",
  "Bearer e30.e30.e30",
  "Basic YTpi",
  "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290Iiwic2NvcGUiOiJwZXRzOmFkbWluIn0.",
];

/** Mostly those who may do what they ask for. */
export const anySender: fc.Arbitrary<Sender> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({ user: owner }) },
  { weight: 2, arbitrary: fc.constant({ user: stranger }) },
  { weight: 1, arbitrary: fc.constant({ user: reader }) },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom(...broken).map((authorization) => ({ authorization })) },
);

/** The header that says who sends a request. */
export async function authorizationOf(
  { token }: Api,
  { user, authorization }: Sender,
): Promise<string | undefined> {
  return user ? `Bearer ${await token(user)}` : authorization;
}
