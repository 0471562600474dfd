import { findEndpoint, findIssuer } from "@petstore/offline/runtime/endpoint-file";
import * as z from "zod";
import type { User } from "./users.ts";

const TokenResponse = z.object({ access_token: z.string() });

/** Returns a function that gets tokens from the issuer of the runtime of a state: one per user, for an hour. */
export function tokensOf(state: string): (user: User) => Promise<string> {
  const tokens = new Map<string, Promise<string>>();
  return (user) => {
    const form = new URLSearchParams({ grant_type: "client_credentials", ...user }).toString();
    const token = tokens.get(form) ?? request(state, form);
    tokens.set(form, token);
    return token;
  };
}

async function request(state: string, form: string): Promise<string> {
  const issuer = findIssuer(findEndpoint(state));
  const response = await fetch(`${issuer}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form,
  });
  if (!response.ok) throw new Error(await response.text());
  return TokenResponse.parse(await response.json()).access_token;
}
