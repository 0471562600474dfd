import { randomUUID } from "node:crypto";

/** Somebody with a token. */
export interface User {
  sub: string;
  email?: string;
  /** Separated by spaces; there is no token without any. */
  scope: string;
}

/** Who calls where a test does not say who. */
export const ann: User = { sub: "ann", scope: "pets:write pets:import" };
export const bob: User = { sub: "bob", scope: "pets:write pets:import" };
export const admin: User = { sub: "root", scope: "pets:admin" };

/** Somebody that no other test knows. */
export const someone = (): User => ({ ...ann, sub: `user-${randomUUID()}` });
