import { refusalOf } from "@petstore/offline/console/access";
import { describe, expect, test } from "vitest";

const PORT = 3002;

describe("a host that is not ours is refused, whatever it is asked", () => {
  test.each([
    "evil.example:3002",
    "evil.example",
    "localhost",
    "localhost:3000",
    "localhost:3002.evil.example",
    "127.0.0.1:3003",
    "0.0.0.0:3002",
    "",
    undefined,
  ])("%j", (host) => {
    expect(refusalOf("GET", { host }, PORT)?.status).toBe(403);
    expect(refusalOf("POST", { host, origin: "http://localhost:3002" }, PORT)?.status).toBe(403);
  });
});

test.each(["localhost:3002", "127.0.0.1:3002"])("%s may read", (host) => {
  expect(refusalOf("GET", { host }, PORT)).toBeUndefined();
  // Browsers let nobody else read the answer.
  expect(refusalOf("GET", { host, origin: "https://evil.example" }, PORT)).toBeUndefined();
});

describe("a change is for the console's own page", () => {
  const host = "localhost:3002";
  test.each(["http://localhost:3002", "http://127.0.0.1:3002"])("which is %s", (origin) => {
    expect(refusalOf("POST", { host, origin }, PORT)).toBeUndefined();
  });

  test.each([
    "https://evil.example",
    "http://localhost:3000",
    "https://localhost:3002",
    "http://localhost:3002.evil.example",
    "null",
    "",
    undefined,
  ])("and not %j", (origin) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      expect(refusalOf(method, { host, origin }, PORT)?.status).toBe(403);
    }
  });
});
