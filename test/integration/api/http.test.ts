import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import { send } from "../../fuzz/send.ts";
import { aPet, sharedOffline, useApi } from "../../support/api.ts";
import { completed } from "../../support/imports.ts";

const { call, me } = useApi();
const offline = sharedOffline();
const rex = { name: "Rex", species: "dog" };

/** Creates a pet, and returns its path and entity tag. */
async function aTaggedPet(): Promise<{ pet: Pet; path: string; etag: string }> {
  const { headers, body: pet } = await call<Pet>("POST", "/api/pets", { body: rex });
  return { pet, path: `/api/pets/${pet.id}`, etag: headers.get("etag") as string };
}

describe("a list of entity tags", () => {
  const opaque = (etag: string) => etag.slice(1, -1);

  it.each([
    ["with the W/ inside the quotes", (etag: string) => `"W/${opaque(etag)}"`],
    ["with a W/ at the end", (etag: string) => `"${opaque(etag)}W/"`],
    ["with a comma inside the quotes", (etag: string) => `"a,${opaque(etag)}","${opaque(etag)},a"`],
  ])("does not contain a tag %s", async (_, tagsOf) => {
    const { path, etag } = await aTaggedPet();
    const tags = tagsOf(etag);

    const read = await call("GET", path, { headers: { "if-none-match": tags } });
    const changed = await call("PATCH", path, { headers: { "if-match": tags }, body: {} });

    expect([read.status, changed.status]).toEqual([200, 412]);
  });

  it.each([
    ["commas inside the quotes of another", (etag: string) => `"a,b", ${etag}`],
    ["empty elements before it", (etag: string) => `, ,${etag}`],
    ["empty elements after it", (etag: string) => `"a",,${etag} ,`],
  ])("contains a tag with %s", async (_, tagsOf) => {
    const { path, etag } = await aTaggedPet();
    const tags = tagsOf(etag);

    const read = await call("GET", path, { headers: { "if-none-match": tags } });
    const changed = await call("PATCH", path, { headers: { "if-match": tags }, body: {} });

    expect([read.status, changed.status]).toEqual([304, 200]);
  });
});

describe("a failed precondition", () => {
  it.each([
    ["if-match", () => '"other"', /If-Match/],
    ["if-none-match", () => "*", /If-None-Match: \*/],
    ["if-none-match", (etag: string) => etag, /If-None-Match/],
  ])("of %s is explained by its detail", async (name, tagsOf, detail) => {
    const { path, etag } = await aTaggedPet();

    const answer = await call("DELETE", path, { headers: { [name]: tagsOf(etag) } });

    expect(answer).toMatchObject({
      status: 412,
      body: { title: "Precondition failed", detail: expect.stringMatching(detail) },
    });
    expect(answer.headers.get("etag")).toBe(etag);
  });
});

describe("a byte order mark", () => {
  it("before a JSON body is ignored", async () => {
    const answer = await call<Pet>("POST", "/api/pets", { body: `\ufeff${JSON.stringify(rex)}` });

    expect(answer).toMatchObject({ status: 201, body: rex });
  });

  it("before the first line of NDJSON is ignored, and before another line is an error", async () => {
    const row = JSON.stringify(rex);
    const headers = { "content-type": "application/x-ndjson" };

    const report = await completed(call, `\ufeff${row}\n\ufeff${row}\n`, headers);

    expect(report).toMatchObject({ rows: 2, imported: 1, errors: [{ row: 2 }] });
  });
});

describe("an id in upper case", () => {
  it("identifies the same pet", async () => {
    const { pet, etag } = await aTaggedPet();
    const path = `/api/pets/${pet.id.toUpperCase()}`;

    const read = await call("GET", path);
    const changed = await call("PATCH", path, { headers: { "if-match": etag }, body: {} });
    const deleted = await call("DELETE", path);

    expect(read).toMatchObject({ status: 200, body: { id: pet.id } });
    expect([changed.status, deleted.status]).toEqual([200, 204]);
  });

  it("identifies the same import", async () => {
    const { id } = await completed(call, [rex]);

    expect(await call("GET", `/api/imports/${id.toUpperCase()}`)).toMatchObject({
      status: 200,
      body: { id },
    });
  });
});

describe("a body in another format", () => {
  it("is refused with Accept-Patch for a PATCH", async () => {
    const { path } = await aTaggedPet();
    const headers = { "content-type": "application/json-patch+json" };

    const answer = await call("PATCH", path, { headers, body: "[]" });

    expect(answer.status).toBe(415);
    expect(answer.headers.get("accept-patch")).toBe(
      "application/merge-patch+json, application/json",
    );
  });

  it("is refused without Accept-Patch for other methods", async () => {
    const answer = await call("POST", "/api/pets", {
      headers: { "content-type": "text/csv" },
      body: "Rex,dog",
    });

    expect(answer.status).toBe(415);
    expect(answer.headers.has("accept-patch")).toBe(false);
  });
});

describe("Accept-Encoding", () => {
  it.each([
    ["GZIP", "gzip"],
    ["Gzip;Q=1", "gzip"],
    ["*", "gzip"],
    ["br, *;q=0.1", "gzip"],
    ["x-gzip", "gzip"],
    [", gzip ,", "gzip"],
    ["gzip;q=0.5, identity;q=0.4", "gzip"],
    ["gzip;q=0.4, identity;q=0.5", null],
    ["*;q=0", null],
    ["gzip;q=0, *", null],
    ["gzip;q=0.000", null],
    ["identity", null],
    ["agzip", null],
  ])("%s returns the docs file with the coding %s", async (accepted, encoding) => {
    const { status, headers } = await call("GET", "/api/docs/swagger-ui.css", {
      headers: { "accept-encoding": accepted },
    });

    expect(status).toBe(200);
    expect(headers.get("content-encoding")).toBe(encoding);
  });
});

describe("two Idempotency-Key headers", () => {
  it.each(["/api/pets", "/api/imports"])("are malformed for POST %s", async (target) => {
    const answer = await send(offline.url, {
      method: "POST",
      target,
      headers: [
        ["authorization", `Bearer ${await offline.token(me)}`],
        ["content-type", "application/json"],
        ["idempotency-key", "one"],
        ["idempotency-key", "two"],
      ],
      body: JSON.stringify(rex),
    });

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      type: "/problems/malformed-header",
      errors: [{ parameter: "idempotency-key" }],
    });
  });
});

describe("Vary", () => {
  const headers = { origin: "https://shop.example.com" };

  it.each([
    ["/api/docs", "origin"],
    ["/api/openapi.json", "origin"],
    ["/api/docs/swagger-ui.css", "accept-encoding, origin"],
    ["/api/inventory", "origin"],
    ["/api/pets", "origin"],
    ["/api/pets?owner=me", "authorization, origin"],
    ["/api/pets/1", "origin"],
  ])("of %s is %s", async (path, vary) => {
    expect((await call("GET", path, { headers })).headers.get("vary")).toBe(vary);
    expect((await call("GET", path)).headers.get("vary")).toBe(vary);
  });

  it("is also set on a 304", async () => {
    const { headers: first } = await call("GET", "/api/docs");
    const etag = first.get("etag") as string;

    const again = await call("GET", "/api/docs", { headers: { "if-none-match": etag } });

    expect(again.status).toBe(304);
    expect(again.headers.get("vary")).toBe("origin");
  });
});

describe("a name", () => {
  it.each([
    ["made of zero-width characters", "\u200b\u2060\ufeff"],
    ["made of Hangul fillers", "\u115f\u3164\uffa0"],
    ["made of variation selectors", "\ufe0f\u{e0100}"],
    ["that overrides the direction of text", "Rex \u202etxt.exe"],
    ["that isolates a direction of text", "\u2066Rex\u2069"],
  ])("%s does not match the schema", async (_, name) => {
    expect(await call("POST", "/api/pets", { body: { ...rex, name } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/name", detail: expect.stringContaining("visible") }] },
    });
  });

  it.each(["👩‍👩‍👧", "❤️", "ܐܒܐ", "נועה\u200f!", "Zoe\u0301", "🏴\u{e0067}\u{e0062}\u{e007f}"])(
    "may be %s",
    async (name) => {
      expect(await aPet(call, { name })).toMatchObject({ name });
    },
  );
});

describe("HEAD", () => {
  /** Headers that differ from response to response. */
  const own = ["date", "apigw-requestid", "x-correlation-id", "connection", "keep-alive"];

  async function shownBy(method: string, target: string) {
    const { status, headers, body } = await send(offline.url, {
      method,
      target,
      headers: [["authorization", `Bearer ${await offline.token(me)}`]],
    });
    const shown = Object.entries(headers).filter(([name]) => !own.includes(name));
    return { status, headers: Object.fromEntries(shown), body };
  }

  it.each([
    "/api/health",
    "/api/docs",
    "/api/docs/swagger-ui.css",
    "/api/openapi.json",
    "/api/pets?owner=me",
    "/api/pets/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
    "/api/imports/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b",
  ])("of %s has the status and the headers of GET, and no body", async (target) => {
    const get = await shownBy("GET", target);
    const head = await shownBy("HEAD", target);

    expect({ ...head, headers: { ...head.headers, "content-length": "" } }).toEqual({
      ...get,
      headers: { ...get.headers, "content-length": "" },
      body: "",
    });
  });

  it("of a pet evaluates preconditions", async () => {
    const { path, etag } = await aTaggedPet();

    const head = await call("HEAD", path, { headers: { "if-none-match": etag } });

    expect(head.status).toBe(304);
    expect(head.headers.get("etag")).toBe(etag);
  });

  it("of an import requires a token, as GET does", async () => {
    const path = "/api/imports/0b0c7d0e-3f3b-4c39-9d2e-7a1f0e4d5c6b";

    expect((await call.as(null)("HEAD", path)).status).toBe(401);
  });
});

describe("a large JSON import with many quotation marks", () => {
  const rows: string[][] = Array(260).fill(Array(5_300).fill(""));

  it("is refused by the gateway, and accepted as NDJSON", async () => {
    const json = JSON.stringify(rows);
    const ndjson = rows.map((one) => JSON.stringify(one)).join("\n");
    expect(Buffer.byteLength(json)).toBeLessThan(4 * 1024 * 1024);

    const asJson = await call("POST", "/api/imports", { body: json });
    const asNdjson = await call("POST", "/api/imports", {
      headers: { "content-type": "application/x-ndjson" },
      body: ndjson,
    });

    expect(asJson).toMatchObject({ status: 413, body: { message: "Request Entity Too Large" } });
    expect(asNdjson.status).toBe(202);
  });
});
