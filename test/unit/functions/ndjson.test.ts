import { parseNdjson } from "@petstore/functions/http/body";
import { expect, it } from "vitest";

const broken = expect.any(SyntaxError);

it.each([
  ["nothing", "", []],
  ["a line", "1", [1]],
  ["a line that ends", "1\n", [1]],
  ["lines", '{"a":1}\n[2]\nnull\n', [{ a: 1 }, [2], null]],
  ["lines as Windows ends them", "1\r\n2\r\n", [1, 2]],
  ["blank lines", "\n1\n \t\n2\n\n", [undefined, 1, undefined, 2, undefined]],
  ["broken lines among others", '1\n{"a":\n2 3\n4', [1, broken, broken, 4]],
  ["a line that is deeper than a stack", `1\n${"[".repeat(1_000_000)}\n2`, [1, broken, 2]],
])("reads %s", (_, text, values) => {
  expect(parseNdjson(Buffer.from(text))).toEqual(values);
});

it("takes a line in Latin-1 as broken, and the others as they are", () => {
  const bytes = Buffer.concat([
    Buffer.from('"é"\n'),
    Buffer.from('"é"\n', "latin1"),
    Buffer.from('"ü"'),
  ]);
  expect(parseNdjson(bytes)).toEqual(["é", broken, "ü"]);
});
