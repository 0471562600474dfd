import { continueTrace } from "@petstore/offline/services/apigateway/trace";
import { expect, it } from "vitest";

const ROOT = "Root=1-5e6722a7-cc56a0042db740459ae51dcf";
const PARENT = "Parent=53995c3f42cd8ad8";
const now = Date.UTC(2020, 2, 12, 19, 3, 58);

it.each([
  ROOT,
  `${ROOT};Sampled=1`,
  `Self=1-1-1;${ROOT};${PARENT};Sampled=1`,
  `${PARENT}; ${ROOT}`,
])("continues %s as it is", (given) => {
  expect(continueTrace(given, now)).toBe(given);
});

it.each([undefined, "", "nonsense", "Root=1-5e6722a7-short", `${PARENT};Sampled=1`])(
  "begins a trace for %j, with the time in its root",
  (given) => {
    const header = continueTrace(given, now);
    expect(header).toMatch(/^Root=1-5e6a879e-[0-9a-f]{24}$/);
    expect(continueTrace(given, now)).not.toBe(header);
  },
);
