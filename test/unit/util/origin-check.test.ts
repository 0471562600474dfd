import { checkOrigin } from "@petstore/offline/util/origin-check";
import { describe, expect, it } from "vitest";

describe("a Host that DNS can resolve", () => {
  it.each([
    "evil.example:3002",
    "evil.example",
    "localhost.evil.example:3002",
    "localhost:3002.evil.example",
    "127.0.0.1.evil.example",
    "0.0.0.0:3002",
    "",
    undefined,
  ])("is rejected with any Origin: %j", (host) => {
    expect(checkOrigin({ host })).toContain("use localhost or 127.0.0.1");
    expect(checkOrigin({ host, origin: `http://${host}` })).toBeDefined();
  });
});

describe("a loopback Host", () => {
  it.each(["localhost:3002", "127.0.0.1:3002", "127.9.8.7:1", "[::1]:3002", "localhost"])(
    "lets programs and the server's own pages call %s",
    (host) => {
      expect(checkOrigin({ host })).toBeUndefined();
      expect(checkOrigin({ host, origin: `http://${host}` })).toBeUndefined();
    },
  );

  it.each([
    "https://evil.example",
    "http://localhost:3000",
    "http://127.0.0.1:3002",
    "https://localhost:3002",
    "http://localhost:3002.evil.example",
    "null",
    "",
  ])("refuses pages of %j", (origin) => {
    expect(checkOrigin({ host: "localhost:3002", origin })).toContain("Web pages of another");
  });
});
