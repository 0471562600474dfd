import { UserError } from "../util/user-error.ts";

/** What a request says about itself, for the conditions of policies: values by condition key. */
export type ConditionContext = Record<string, string | string[]>;

/** A permission that a call requires. */
export interface Permission {
  /** As policies name it, for example `dynamodb:GetItem`. */
  action: string;
  /** ARNs, one of which suffices: mail is sent from an address or from its domain. */
  resources: [string, ...string[]];
  context?: ConditionContext;
}

/** A refused permission. */
export interface Denial {
  /** ARN of the caller's role session. */
  principal: string;
  action: string;
  resource: string;
  isExplicit: boolean;
}

/**
 * Checks that a caller has all permissions that a call requires.
 *
 * @param caller logical name of a principal: a function or a schedule
 * @returns the first permission that the caller lacks
 */
export type Authorize = (caller: string, permissions: Permission[]) => Promise<Denial | undefined>;

/** A role's session that calls AWS: a running function, or a schedule. */
export interface PrincipalDeclaration {
  /** Logical name in the app. */
  name: string;
  roleArn: string;
  sessionName: string;
}

/** Returns the permission to send messages to a dead-letter queue or an on-failure destination. */
export const permissionToSend = (queueArn: string): Permission => ({
  action: "sqs:SendMessage",
  resources: [queueArn],
});

/**
 * Checks permissions that AWS would check when it creates a resource.
 *
 * @param needed.purpose what cannot run without them, for the message
 * @throws {UserError} the caller lacks a permission
 */
export async function requirePermissions(
  authorize: Authorize,
  needed: { caller: string; purpose: string },
  permissions: Permission[],
): Promise<void> {
  const denial = await authorize(needed.caller, permissions);
  if (!denial) return;
  const { action, resource } = denial;
  throw new UserError(
    `${needed.purpose} cannot run: the role of ${needed.caller} lacks ${action} on ${resource}. Grant it in the app, as AWS would refuse this too.`,
  );
}
