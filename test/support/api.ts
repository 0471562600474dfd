import type { Pet } from "@petstore/core/pets/pet";
import { expect, inject } from "vitest";
import type { Offline } from "./offline.ts";
import { tokensOf } from "./tokens.ts";
import { ann, someone, type User } from "./users.ts";

export interface ApiResponse<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

export interface Call {
  <T = unknown>(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: unknown },
  ): Promise<ApiResponse<T>>;
  /** Returns the same client with another user's token, or (`null`) without a token. */
  as(user: User | null): Call;
}

/**
 * Creates a client that asserts the rules of all responses: no 500, problems in the documented format,
 * no internal details. It uses Ann's token unless another user is given.
 */
export function clientOf(
  offline: () => Pick<Offline, "url" | "token">,
  user: User | null = ann,
): Call {
  async function call<T>(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
  ) {
    const { url, token } = offline();
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(user && { authorization: `Bearer ${await token(user)}` }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed =
      text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;

    expect(response.status, text).not.toBe(500);
    expect(text).not.toMatch(
      /petstore-\w+-|dynamodb|arn:aws|node_modules|\bat (\S+ \()?(file|node|\/)\S*:\d+:\d+/i,
    );
    if (response.headers.get("content-type") === "application/problem+json") {
      expect(parsed).toMatchObject({
        type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
        title: expect.any(String),
        status: response.status,
        detail: expect.any(String),
        instance: encodeURI(decodeURIComponent(new URL(response.url).pathname)),
        requestId: expect.any(String),
      });
    }
    return { status: response.status, headers: response.headers, body: parsed as T };
  }
  return Object.assign(call, { as: (other: User | null) => clientOf(offline, other) });
}

declare module "vitest" {
  interface ProvidedContext {
    /** The runtime that all API tests share: its URL, and its state folder. */
    api: { url: string; state: string };
  }
}

/** Returns the shared runtime. Other tests use it at the same time, so a test only counts its own data. */
export function sharedOffline() {
  const api = inject("api");
  return { ...api, token: tokensOf(api.state) };
}

/** Returns a client of the shared runtime, and its user, which no other test file uses. */
export function useApi(): { call: Call; me: User } {
  const offline = sharedOffline();
  const me = someone();
  return { call: clientOf(() => offline, me), me };
}

/** Creates a pet, and returns it. */
export async function aPet(call: Call, fields: object = {}): Promise<Pet> {
  const answer = await call<Pet>("POST", "/api/pets", {
    body: { name: "Rex", species: "dog", ...fields },
  });
  expect(answer.status).toBe(201);
  return answer.body;
}
