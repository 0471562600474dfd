/** Who asks for something: the one a token was issued to. */
export interface Caller {
  /** Never changes, and is nobody else's. */
  id: string;
  email?: string | undefined;
  /** May touch what belongs to others. */
  admin: boolean;
}

/** Whether something is the caller's to change, or to be told of where it is not public. */
export const mayTouch = (caller: Caller, { ownerId }: { ownerId: string }): boolean =>
  caller.admin || caller.id === ownerId;
