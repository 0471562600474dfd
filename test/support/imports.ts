import type { Import, RowError } from "@petstore/core/imports/import";
import { expect, vi } from "vitest";
import type { ApiResponse, Call } from "./api.ts";

export interface Report extends Import {
  errors: RowError[];
  nextCursor?: string;
}

export const send = (call: Call, body: unknown, headers = {}) =>
  call<Import>("POST", "/api/imports", { body, headers });

/** Sends an import, and returns it when it is completed. */
export async function completed(call: Call, body: unknown, headers = {}): Promise<Report> {
  const answer = await send(call, body, headers);
  expect(answer.status).toBe(202);
  const location = answer.headers.get("location") as string;
  expect(location).toBe(`/api/imports/${answer.body.id}`);
  return vi.waitUntil(
    async () => {
      const { status, body } = await call<Report>("GET", location);
      expect(status).toBe(200);
      return body.state === "completed" && body;
    },
    { timeout: 280_000, interval: 200 },
  );
}

/** Reads all row errors of an import, page by page. */
export async function errorsOf(call: Call, id: string, limit: number): Promise<RowError[]> {
  const errors: RowError[] = [];
  for (let page: string | undefined = `?limit=${limit}`; page !== undefined; ) {
    const answer: ApiResponse<Report> = await call("GET", `/api/imports/${id}${page}`);
    expect(answer.body.errors.length).toBeLessThanOrEqual(limit);
    errors.push(...answer.body.errors);
    page = /^<[^?]+(\?[^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
    expect(page === undefined).toBe(answer.body.nextCursor === undefined);
  }
  return errors;
}
