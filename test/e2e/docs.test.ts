import { describe, expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";

const offline = await ownOffline();

describe("GET /api/docs and its files", () => {
  it.each(["openapi.json", "docs", "docs/swagger-ui.css", "docs/swagger-ui-bundle.js"])(
    "allow clients to cache /api/%s and revalidate it with its ETag",
    async (path) => {
      const url = `${offline.url}/api/${path}`;
      const first = await fetch(url);

      expect(first.status).toBe(200);
      expect(first.headers.get("cache-control")).toBe("public, max-age=3600");
      const etag = first.headers.get("etag") as string;
      const again = await fetch(url, { headers: { "if-none-match": `"other", ${etag}` } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      expect(again.headers.get("etag")).toBe(etag);
    },
  );

  it.each(["identity", "gzip;q=0", "br", "gzip, br", "br;q=1, gzip;q=0.5"])(
    "respond with the encoding that Accept-Encoding: %s allows",
    async (encoding) => {
      const url = `${offline.url}/api/docs/swagger-ui.css`;
      const response = await fetch(url, { headers: { "accept-encoding": encoding } });
      const compressed = /gzip($|,|;q=0\.)/.test(encoding);

      expect(response.headers.get("content-encoding")).toBe(compressed ? "gzip" : null);
      expect(await response.text()).toContain(".swagger-ui");
    },
  );
});
