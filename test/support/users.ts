import { randomUUID } from "node:crypto";

/** A user with a token. */
export interface User {
  sub: string;
  email?: string;
  /** Separated by spaces; at least one. */
  scope: string;
}

/** The caller if a test names none. */
export const ann: User = { sub: "ann", scope: "pets:write pets:import" };
export const bob: User = { sub: "bob", scope: "pets:write pets:import" };
export const admin: User = { sub: "root", scope: "pets:admin" };

/** Creates a user that no other test uses. */
export const someone = (): User => ({ ...ann, sub: `user-${randomUUID()}` });
