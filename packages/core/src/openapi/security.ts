import type { Operation } from "../contract/operation.ts";
import type { JsonSchema } from "./schemas.ts";

/** An operation whose callers need a token that is good for something. */
type Secured = Operation & { scope?: string };

/** The scope that is good for all that others are. */
const ADMIN = "pets:admin";

export const scopeOf = (operation: Secured): string | undefined => operation.scope;

/** Who may call an operation: anybody, or whoever has a token with one of the scopes. */
export function securityOf(operation: Operation): JsonSchema[] {
  const scope = scopeOf(operation);
  return scope ? [{ token: [scope] }, { token: [ADMIN] }] : [];
}

/** The token's scheme, where any operation asks for one. */
export const securitySchemes = (operations: Operation[]): JsonSchema =>
  operations.some(scopeOf)
    ? {
        securitySchemes: {
          token: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "An access token of the API's issuer. What it is good for is its scope.",
          },
        },
      }
    : {};
