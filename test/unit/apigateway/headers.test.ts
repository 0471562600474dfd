import { mergeHeaders } from "@petstore/offline/services/apigateway/headers";
import { expect, it } from "vitest";

it("lower-cases names and joins repeated headers by commas", () => {
  const { headers } = mergeHeaders(["X-A", "1", "Host", "h", "x-a", "2", "X-A", "3, 4"]);
  expect({ ...headers }).toEqual({ "x-a": "1,2,3, 4", host: "h" });
});

it("moves cookies out of the headers", () => {
  const merged = mergeHeaders(["Cookie", "a=1; b=x=y;c", "cookie", " d=4 ;"]);
  expect(merged.cookies).toEqual(["a=1", "b=x=y", "c", "d=4"]);
  expect({ ...merged.headers }).toEqual({});
});

it.each([
  "Connection",
  "Expect",
  "Keep-Alive",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
])("%s ends at the gateway", (name) => {
  expect({ ...mergeHeaders([name, "x"]).headers }).toEqual({});
});

it("counts the bytes of every value, cookies and hop-by-hop headers too", () => {
  expect(mergeHeaders(["A", "12", "Cookie", "345", "Connection", "6789"]).size).toBe(9);
});

it("a header may be called __proto__", () => {
  const { headers } = mergeHeaders(["__proto__", "x"]);
  expect(JSON.stringify(headers)).toBe('{"__proto__":"x"}');
});
