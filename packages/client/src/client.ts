import createFetchClient, { type Client, type Middleware } from "openapi-fetch";
import { type RetryOptions, retrying } from "./retry.ts";
import type { paths } from "./schema.ts";

export interface ClientOptions extends RetryOptions {
  /** Where the API is, for example `http://localhost:3000`. */
  baseUrl: string;
  /** An access token, or what gets one: it is asked before every request, so it may renew it. */
  token?: string | (() => string | Promise<string>) | undefined;
  fetch?: (request: Request) => Promise<Response>;
}

export type PetStore = Client<paths>;

/**
 * A client of the API, typed by its OpenAPI document: `client.GET("/api/pets/{id}", …)`. What it
 * answers has either `data` or `error`; `ok` in `problem.ts` makes that a value or a thrown problem.
 *
 * It sends an `Idempotency-Key` with every create, and sends again what is safe to repeat when the
 * API has no time for it (429, 503), or cannot be reached.
 */
export function createClient({ baseUrl, token, fetch, ...retry }: ClientOptions): PetStore {
  const once = fetch ?? ((request: Request) => globalThis.fetch(request));
  const client = createFetchClient<paths>({ baseUrl, fetch: retrying(once, retry) });
  client.use(idempotencyKey);
  if (token !== undefined) client.use(authorization(token));
  return client;
}

/** The same key on every attempt: it is set before the first. */
const idempotencyKey: Middleware = {
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
  },
};

const authorization = (token: NonNullable<ClientOptions["token"]>): Middleware => ({
  async onRequest({ request }) {
    const value = typeof token === "function" ? await token() : token;
    request.headers.set("authorization", `Bearer ${value}`);
  },
});
