import { findLinkedTraces } from "@petstore/offline/runtime/history/history";
import { describe, expect, it } from "vitest";

const [one, two, three] = [1, 2, 3].map((n) => `1-5e6722a7-cc56a0042db740459ae51dc${n}`);
const header = (id: string | undefined) => `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`;

describe("findLinkedTraces", () => {
  it("returns the traces in the headers of messages, each once", () => {
    const record = (id: string | undefined) => ({ attributes: { AWSTraceHeader: header(id) } });
    const Records = [record(one), record(two), record(one), { attributes: {} }];
    expect(findLinkedTraces(JSON.stringify({ Records }))).toEqual([one, two]);
  });

  it("returns the traces in new item images of stream records, without those of old images", () => {
    const image = (id: string | undefined) => ({ trace: { S: header(id) } });
    const Records = [
      { dynamodb: { OldImage: image(one), NewImage: image(two) } },
      { dynamodb: { NewImage: image(three), OldImage: image(one) } },
    ];
    expect(findLinkedTraces(JSON.stringify({ Records }))).toEqual([two, three]);
  });

  it.each(["{}", '"Root=1-abc"', "Root=1-5e6722a7-XXXXXXXXXXXXXXXXXXXXXXXX"])(
    "returns nothing for %s",
    (payload) => {
      expect(findLinkedTraces(payload)).toEqual([]);
    },
  );
});
