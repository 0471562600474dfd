import { describe, expect, it } from "vitest";
import { ownOffline } from "../support/own-offline.ts";

const offline = await ownOffline();

describe("the documentation", () => {
  it.each(["openapi.json", "docs", "docs/swagger-ui.css", "docs/swagger-ui-bundle.js"])(
    "is kept by those who have /api/%s",
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
    "comes to those who accept %s",
    async (encoding) => {
      const url = `${offline.url}/api/docs/swagger-ui.css`;
      const answer = await fetch(url, { headers: { "accept-encoding": encoding } });
      const compressed = /gzip($|,|;q=0\.)/.test(encoding);
      expect(answer.headers.get("content-encoding")).toBe(compressed ? "gzip" : null);
      expect(await answer.text()).toContain(".swagger-ui");
    },
  );
});
