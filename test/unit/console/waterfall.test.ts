import type { Bar } from "@petstore/offline/console/page-data";
import { buildWaterfall } from "@petstore/offline/console/waterfall";
import type { History } from "@petstore/offline/runtime/history/history";
import type { RecordedInvocation, RecordedLine } from "@petstore/offline/runtime/history/records";
import type { Segment } from "@petstore/offline/runtime/traces";
import { describe, expect, it } from "vitest";

const ID = "1-5e6722a7-cc56a0042db740459ae51dcf";
const OTHER = "1-5e6722a7-cc56a0042db740459ae51dc0";
const T = 1_700_000_000_000;

const bufferOf = <Item>(...items: Item[]) => ({ items: () => items, add() {} });

const request = {
  ...{ id: "request", at: T, ms: 100, method: "POST", path: "/pets", status: 201 },
  ...{ cold: true, traceId: ID, functionName: "CreatePet" },
};
const invocation = (parts: Partial<RecordedInvocation>): RecordedInvocation => ({
  ...{ requestId: "first", functionName: "CreatePet", source: "api", at: T + 5, ms: 90 },
  ...{ traceId: ID, segmentId: "aaaaaaaaaaaaaaaa", links: [] },
  ...parts,
});
const segment = (parts: Partial<Segment>): Segment => ({
  ...{ trace_id: ID, id: "bbbbbbbbbbbbbbbb", name: "## work", type: "subsegment" },
  ...{ parent_id: "aaaaaaaaaaaaaaaa", start_time: T / 1000, end_time: T / 1000 + 0.01 },
  ...parts,
});

function waterfall(parts: Partial<History>, segments: Segment[] = []) {
  const empty = {
    requests: bufferOf(),
    invocations: bufferOf(),
    calls: bufferOf(),
    lines: bufferOf(),
  };
  return buildWaterfall(ID, { ...empty, ...parts } as History, {
    trace: (id) => ({ id, segments: segments.filter(({ trace_id }) => trace_id === id) }),
  });
}
const outline = (bars: Bar[] = []) => bars.map(({ depth, name }) => `${"  ".repeat(depth)}${name}`);

describe("buildWaterfall", () => {
  it("shows the request, its function with the init phase, and the function's subsegments", () => {
    const call = { id: "cccccccccccccccc", name: "DynamoDB", namespace: "aws" };
    const [start_time, end_time] = [T / 1000 + 0.02, T / 1000 + 0.03];
    const aws = { operation: "PutItem", table_name: "pets" };
    const found = waterfall(
      {
        requests: bufferOf(request),
        invocations: bufferOf(invocation({ init: { at: T + 5, ms: 40 } })),
      },
      [segment({ subsegments: [{ ...call, start_time, end_time, aws }] })],
    );
    expect(outline(found?.bars)).toEqual([
      "POST /pets",
      "  CreatePet",
      "    init",
      "    work",
      "      DynamoDB PutItem",
    ]);
    expect(found?.bars.at(-1)).toMatchObject({ kind: "call", detail: "pets", requestId: "first" });
    expect(found).toMatchObject({ at: T, ms: 100 });
  });

  describe("an invocation in another trace", () => {
    const consumer = invocation({
      ...{ requestId: "second", functionName: "Notify", source: "queue", at: T + 200 },
      ...{ traceId: OTHER, segmentId: "dddddddddddddddd" },
    });

    it("is shown if one of its messages belongs to the trace", () => {
      const invocations = bufferOf({ ...consumer, links: [OTHER, ID] }, invocation({}));
      const found = waterfall({ requests: bufferOf(request), invocations }, [
        segment({ trace_id: OTHER, parent_id: "dddddddddddddddd", name: "mail" }),
      ]);
      expect(outline(found?.bars)).toEqual(["POST /pets", "  CreatePet", "  Notify", "    mail"]);
      expect(found?.ms).toBe(290);
    });

    it("is not shown otherwise", () => {
      const found = waterfall({ requests: bufferOf(request), invocations: bufferOf(consumer) });
      expect(outline(found?.bars)).toEqual(["POST /pets"]);
    });
  });

  it("shows the calls recorded by the endpoint if there are no X-Ray subsegments", () => {
    const call = {
      ...{
        at: T + 10,
        ms: 5,
        functionName: "CreatePet",
        service: "dynamodb",
        operation: "GetItem",
      },
      ...{ resource: "pets", status: 400, traceHeader: `Root=${ID};Parent=aaaaaaaaaaaaaaaa` },
    };
    const others = [
      { ...call, functionName: "GetPet" },
      { ...call, at: T + 200 },
      { ...call, traceHeader: undefined },
    ];
    const activity = { invocations: bufferOf(invocation({})), calls: bufferOf(call, ...others) };
    const { bars = [] } = waterfall(activity) ?? {};
    expect(outline(bars)).toEqual(["CreatePet", "  dynamodb GetItem"]);
    expect(bars[1]?.error).toBe("HTTP 400");

    const traced = segment({ name: "DynamoDB", namespace: "aws" });
    expect(outline(waterfall(activity, [traced])?.bars)).toEqual(["CreatePet", "  DynamoDB"]);
  });

  it("contains the log lines of its invocations", () => {
    const line = { at: T, functionName: "CreatePet", stream: "stdout", text: "x" } as const;
    const lines = bufferOf<RecordedLine>(
      { ...line, requestId: "first" },
      { ...line, requestId: "else" },
      line,
    );
    expect(waterfall({ invocations: bufferOf(invocation({})), lines })?.lines).toHaveLength(1);
  });

  it("returns undefined for an unknown trace", () => {
    expect(waterfall({})).toBeUndefined();
  });
});
