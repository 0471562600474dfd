import type { Pet } from "@petstore/core/pets/pet";
import { afterAll, beforeAll, expect } from "vitest";
import { type Offline, startOffline, temporaryFolder } from "./offline.ts";
import { ann, type User } from "./users.ts";

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

export interface Call {
  <T = unknown>(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: unknown },
  ): Promise<Answer<T>>;
  /** The same client in another's hands, or (`null`) in those of somebody without a token. */
  as(user: User | null): Call;
}

/**
 * A client that holds every answer to what is true of all of them: never a 500, problems in their
 * one form, and nothing of what is inside. It is Ann's, unless another is named.
 */
export function clientOf(offline: () => Offline, user: User | null = ann): Call {
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
    expect(text).not.toMatch(/petstore-\w+-|dynamodb|arn:aws|node_modules|\bat .+:\d+:\d+/i);
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

/** One offline runtime for the tests of a file, on a state of its own. */
export function useOffline(): () => Offline {
  let offline: Offline;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    offline = await startOffline(folder.path);
  });
  afterAll(async () => {
    await offline?.stop();
    await folder[Symbol.asyncDispose]();
  });
  return () => offline;
}

/** A client of one. */
export const useApi = (): Call => clientOf(useOffline());

/** Creates a pet, and returns it. */
export async function aPet(call: Call, fields: object = {}): Promise<Pet> {
  const answer = await call<Pet>("POST", "/api/pets", {
    body: { name: "Rex", species: "dog", ...fields },
  });
  expect(answer.status).toBe(201);
  return answer.body;
}
