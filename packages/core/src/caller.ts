/** The user or client that a token was issued to. */
export interface Caller {
  /** The token's `sub`: unique, and never changes. */
  id: string;
  email?: string | undefined;
  /** Whether the caller has access to what other callers own. */
  admin: boolean;
}

/** Returns whether the caller owns something, or is an administrator. */
export const canAccess = (caller: Caller, { ownerId }: { ownerId: string }): boolean =>
  caller.admin || caller.id === ownerId;
