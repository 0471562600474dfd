import type { Operation } from "../contract/operation.ts";
import type { Scope } from "../contract/routes.ts";
import type { JsonSchema } from "./schemas.ts";

/** The scope that is good for all that others are. */
const ADMIN: Scope = "pets:admin";

/** Who may call an operation: whoever has a token with one of the scopes, or anybody, with or without. */
export function securityOf({ scope, headers }: Operation): JsonSchema[] {
  if (scope) return [{ token: [scope] }, { token: [ADMIN] }];
  return headers?.shape.authorization ? [{}, { token: [] }] : [];
}

/** How a token is sent, and how to get one. */
export const securitySchemes: JsonSchema = {
  token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: [
      "An access token names the user, and its scopes say what the user may do:",
      "`pets:write` (create pets, change and delete your own), `pets:import` (import pets, read your imports), `pets:admin` (both, for every user's pets and imports).",
      "In tokens from Cognito the scopes start with `petstore/`, as in `petstore/pets:write`.",
      "To get a token from the offline runtime, run this command in the project's folder and paste the token that it prints:",
      "\n\n```sh\n" +
        'npm run --silent token -- --sub user-a --scope "pets:write pets:import"' +
        "\n```",
    ].join(" "),
  },
};
