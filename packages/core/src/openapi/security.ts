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
      "An access token says who you are, and by its scope what you may do:",
      "`pets:write` (create pets, change your own), `pets:import` (import pets), `pets:admin` (all of that with everybody's).",
      "Tokens of Cognito call them `petstore/pets:write` and so on.",
      "Where the API runs offline, this prints one:",
      "\n\n```sh\n" +
        'npm run --silent token -- --sub user-a --scope "pets:write pets:import"' +
        "\n```",
    ].join(" "),
  },
};
