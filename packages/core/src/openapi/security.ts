import type { Operation } from "../contract/operation.ts";
import type { Scope } from "../contract/routes.ts";
import type { JsonSchema } from "./schemas.ts";

/** The scope that includes the others. */
const ADMIN: Scope = "pets:admin";

/** Returns the security requirements of an operation: a token with one of the scopes, or none. */
export function securityOf({ scope, headers }: Operation): JsonSchema[] {
  if (scope) return [{ token: [scope] }, { token: [ADMIN] }];
  return headers?.shape.authorization ? [{}, { token: [] }] : [];
}

/** How to send a token, and how to get one. */
export const securitySchemes: JsonSchema = {
  token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: [
      "An access token identifies the user, and its scopes are the user's permissions:",
      "`pets:write` (create pets, change and delete your own pets), `pets:import` (import pets, read your own imports), `pets:admin` (both, for the pets and imports of every user).",
      "In tokens from Cognito the scopes start with `petstore/`, as in `petstore/pets:write`.",
      "To get a token from the offline runtime, run this command in the project's folder and paste the token that it prints:",
      "\n\n```sh\n" +
        'npm run --silent token -- --sub user-a --scope "pets:write pets:import"' +
        "\n```",
    ].join(" "),
  },
};
