import { prefersGzip } from "@petstore/functions/http/content-coding";
import { expect, it } from "vitest";

it.each([
  "gzip",
  "GZIP",
  "x-gzip",
  "*",
  "br, *;q=0.1",
  "gzip;q=0.001",
  "gzip ; Q=1.000",
  ", gzip ,",
  "identity;q=0.5, gzip;q=0.5",
  "identity;q=0, gzip;q=0.1",
])("prefers gzip for %j", (acceptEncoding) => {
  expect(prefersGzip(acceptEncoding)).toBe(true);
});

it.each([
  undefined,
  "",
  "identity",
  "br",
  "agzip",
  "gzip;q=0",
  "gzip;q=0.000",
  "gzip;q=0, *",
  "*;q=0",
  "gzip;q=0.4, identity;q=0.5",
  "gzip;q=high",
  "gzip;q=2",
])("does not prefer gzip for %j", (acceptEncoding) => {
  expect(prefersGzip(acceptEncoding)).toBe(false);
});
