import { describe, expect, it } from "vitest";
import { send, start } from "./harness.ts";

const origin = "https://app.example.com";
const cors = { allowOrigins: [origin], allowMethods: ["GET"], exposeHeaders: ["etag"] };
const preflight = {
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "GET" },
};

describe("the gateway with CORS", () => {
  it("responds to preflights of any path without an invocation", async () => {
    const gateway = await start(undefined, { settings: { cors } });
    for (const path of ["/pets/1", "/any", "/no/such/route"]) {
      const response = await send(gateway.url + path, preflight);
      expect(response).toMatchObject({
        status: 204,
        headers: { "access-control-allow-origin": origin, "access-control-allow-methods": "GET" },
      });
    }
    expect(gateway.invocations).toEqual([]);
    expect(gateway.records).toHaveLength(3);
  });

  it("permits nothing to a preflight of another origin", async () => {
    const gateway = await start(undefined, { settings: { cors } });
    const headers = { ...preflight.headers, origin: "https://foreign.example" };
    const response = await send(`${gateway.url}/any`, { ...preflight, headers });
    expect(response.status).toBe(204);
    expect(response.headers).not.toHaveProperty("access-control-allow-origin");
    expect(response.headers).not.toHaveProperty("access-control-allow-methods");
  });

  it("routes preflights when there is no CORS configuration", async () => {
    const own = { "access-control-allow-origin": "*" };
    const gateway = await start(() => ({ statusCode: 204, headers: own }));
    expect(await send(`${gateway.url}/any`, preflight)).toMatchObject({
      status: 204,
      headers: own,
    });
    expect(await send(`${gateway.url}/pets`, preflight)).toMatchObject({ status: 404 });
    expect(gateway.invocations).toHaveLength(1);
  });

  it("routes OPTIONS requests that are no preflight", async () => {
    const gateway = await start(() => ({ statusCode: 200 }), { settings: { cors } });
    const response = await send(`${gateway.url}/any`, { method: "OPTIONS", headers: { origin } });
    expect(response.status).toBe(200);
    expect(gateway.invocations).toHaveLength(1);
  });

  it("replaces CORS headers of the function", async () => {
    const gateway = await start(
      () => ({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*", ETag: "1" } }),
      { settings: { cors } },
    );
    const { headers } = await send(`${gateway.url}/any`, { headers: { origin } });
    expect(headers).toMatchObject({
      etag: "1",
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "etag",
    });
  });

  it("adds CORS headers to its error responses", async () => {
    const gateway = await start(undefined, { settings: { cors } });
    const response = await send(`${gateway.url}/nope`, { headers: { origin } });
    expect(response).toMatchObject({
      status: 404,
      headers: { "access-control-allow-origin": origin },
    });
  });
});
