import createFetchClient, { type Client, type Middleware } from "openapi-fetch";
import { type RetryOptions, withRetries } from "./retry.ts";
import type { paths } from "./schema.ts";

export interface ClientOptions extends RetryOptions {
  /** The URL of the API, for example `http://localhost:3000`. */
  baseUrl: string;
  /** An access token, or a function that returns one. It is called before every request. */
  token?: string | (() => string | Promise<string>) | undefined;
  fetch?: (request: Request) => Promise<Response>;
}

export type PetStore = Client<paths>;

/**
 * Creates a client of the API, typed by its OpenAPI document: `client.GET("/api/pets/{id}", …)`. The
 * result has either `data` or `error`; `ok` in `problem.ts` returns the data or throws the error.
 *
 * The client sends an `Idempotency-Key` with every create, and retries requests that are safe to
 * repeat when the API is busy (429, 503) or cannot be reached.
 */
export function createClient({ baseUrl, token, fetch, ...retry }: ClientOptions): PetStore {
  const send = fetch ?? ((request: Request) => globalThis.fetch(request));
  const client = createFetchClient<paths>({ baseUrl, fetch: withRetries(send, retry) });
  client.use(idempotencyKey);
  if (token !== undefined) client.use(authorization(token));
  return client;
}

/** Runs before the first attempt, so every attempt has the same key. */
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
