import { ok, ProblemError } from "@petstore/client/problem";
import { describe, expect, it } from "vitest";
import { clientOf } from "./server.ts";

const created = { status: 201, body: { id: "1" } };
const busy = { status: 503, headers: { "retry-after": "0" } };
const body = { name: "Rex", species: "dog" } as const;
const path = { id: "f1a71b3d-747f-8a4d-ba2a-852ed9781758" };

describe("a create", () => {
  it("has a generated key, which is the same in retries", async () => {
    const { client, seen } = await clientOf((_, count) => (count === 2 ? created : busy));
    const first = await client.POST("/api/pets", { body });
    expect(first.data).toEqual({ id: "1" });
    expect(seen.map(({ body }) => body)).toEqual([body, body]);
    const [one, two] = seen.map(({ headers }) => headers["idempotency-key"]);
    expect(one).toMatch(/^[\da-f-]{36}$/);
    expect(two).toBe(one);
  });

  it("has the key of the caller", async () => {
    const { client, seen } = await clientOf(() => created);
    const params = { header: { "Idempotency-Key": "mine" } };
    await client.POST("/api/pets", { body, params });
    await client.POST("/api/pets", { body });
    expect(seen[0]?.headers["idempotency-key"]).toBe("mine");
    expect(seen[1]?.headers["idempotency-key"]).not.toBe("mine");
  });
});

describe("the token", () => {
  it("is sent with every request, and requested from a function for each", async () => {
    let renewals = 0;
    const token = async () => `t${++renewals}`;
    const { client, seen } = await clientOf(() => ({ status: 200, body: {} }), { token });
    await client.GET("/api/inventory");
    await client.GET("/api/inventory");
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });
});

describe("a request that fails", () => {
  it("is retried up to the limit, also after a broken connection", async () => {
    const broken = { status: 0 };
    const { client, seen } = await clientOf((_, count) => (count === 1 ? broken : busy), {
      retries: 2,
    });
    const { response } = await client.DELETE("/api/pets/{id}", { params: { path } });
    expect(response.status).toBe(503);
    expect(seen).toHaveLength(3);
  });

  it.each([
    [429, 2],
    [503, 2],
    [500, 1],
    [404, 1],
    [409, 1],
  ])("with %i is sent %i times", async (status, times) => {
    const reply = { status, headers: { "retry-after": "0" }, body: {} };
    const { client, seen } = await clientOf(() => reply, { retries: 1 });
    await client.GET("/api/inventory");
    expect(seen).toHaveLength(times);
  });

  it("is not retried if it is not idempotent", async () => {
    const { client, seen } = await clientOf(() => busy);
    await client.PATCH("/api/pets/{id}", { params: { path }, body: { name: "Max" } });
    expect(seen).toHaveLength(1);
  });

  it("waits for Retry-After, and is not retried if that is longer than the maximum", async () => {
    const { client, seen } = await clientOf((_, count) =>
      count === 1
        ? { status: 429, headers: { "retry-after": "1" } }
        : { status: 429, headers: { "retry-after": "3600" } },
    );
    const started = Date.now();
    await client.GET("/api/inventory");
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    expect(seen).toHaveLength(2);
  });

  it("stops waiting when it is aborted", async () => {
    const reply = { status: 503, headers: { "retry-after": "9" } };
    const abort = new AbortController();
    const { client } = await clientOf(() => {
      setTimeout(() => abort.abort(new Error("enough")), 20);
      return reply;
    });
    await expect(client.GET("/api/inventory", { signal: abort.signal })).rejects.toThrow("enough");
  });
});

describe("ok", () => {
  it("throws a problem", async () => {
    const problem = {
      type: "/problems/not-found",
      title: "Not found",
      status: 404,
      detail: "There is no pet.",
      instance: "/api/pets/1",
      requestId: "1",
    };
    const headers = { "content-type": "application/problem+json" };
    const { client } = await clientOf(() => ({ status: 404, headers, body: problem }));
    const failure = ok(client.GET("/api/pets/{id}", { params: { path } }));
    const error = (await failure.catch((error) => error)) as ProblemError;
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 404, problem });
    expect(error.message).toBe("Not found: There is no pet.");
    expect(error.is("/problems/not-found")).toBe(true);
    expect(error.is("/problems/internal")).toBe(false);
  });

  it("throws the message of the gateway", async () => {
    const reply = { status: 413, body: { message: "Request Entity Too Large" } };
    const { client } = await clientOf(() => reply);
    const failure = ok(client.GET("/api/inventory"));
    await expect(failure).rejects.toMatchObject({
      message: "Request Entity Too Large",
      status: 413,
      problem: undefined,
    });
  });
});
