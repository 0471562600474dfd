import { parseDatagram } from "@petstore/offline/services/xray/datagram";
import { describe, expect, it } from "vitest";

const header = '{"format":"json","version":1}';
const segment = {
  id: "53995c3f42cd8ad8",
  trace_id: "1-5e6722a7-cc56a0042db740459ae51dcf",
  name: "app",
  start_time: 1_584_040_000.25,
};
const parse = (text: string) => parseDatagram(Buffer.from(text));
const withSegment = (parts: object) =>
  parse(`${header}\n${JSON.stringify({ ...segment, ...parts })}`);

it("a segment is kept with all that it says", () => {
  const parts = {
    end_time: 1_584_040_001,
    parent_id: "0000000000000001",
    type: "subsegment",
    aws: { operation: "GetItem" },
    subsegments: [
      { id: "0000000000000002", name: "a", start_time: 1, subsegments: [], http: { x: 1 } },
    ],
  };
  expect(withSegment(parts)).toEqual({ ...segment, ...parts });
});

describe("what is no segment", () => {
  it.each([
    "",
    "\n",
    "hello",
    header,
    `${header}\n`,
    `${header}\nnull`,
    `${header}\n${JSON.stringify(segment).slice(0, -1)}`,
    `{"format":"json","version":2}\n${JSON.stringify(segment)}`,
    `{"format":"xml","version":1}\n${JSON.stringify(segment)}`,
    `\n${JSON.stringify(segment)}`,
  ])("%j", (text) => expect(parse(text)).toBeUndefined());

  it.each([
    { id: "1" },
    { id: undefined },
    { trace_id: "1-2-3" },
    { name: "" },
    { start_time: "yesterday" },
    { parent_id: 7 },
    { annotations: { nested: {} } },
    { subsegments: [{ id: "0000000000000002", name: "no start" }] },
    { subsegments: "none" },
  ])("a segment with %j", (parts) => expect(withSegment(parts)).toBeUndefined());
});
