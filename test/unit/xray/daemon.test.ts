import { createSocket } from "node:dgram";
import type { Segment } from "@petstore/offline/runtime/traces";
import { parseDatagram, startDaemon } from "@petstore/offline/services/xray/daemon";
import { startXRay } from "@petstore/offline/services/xray/xray";
import { describe, expect, it } from "vitest";

describe("startDaemon", () => {
  it("counts datagrams that are not valid, and accepts later ones", async () => {
    const arrival = Promise.withResolvers<Segment>();
    const dropped: number[] = [];
    const daemon = await startDaemon(arrival.resolve, (count) => dropped.push(count));
    const [address, port] = daemon.address.split(":");
    const segment = {
      id: "53995c3f42cd8ad8",
      trace_id: "1-5e6722a7-cc56a0042db740459ae51dcf",
      name: "app",
      start_time: 1,
    };
    const datagrams = ["", "hello", `{"format":"json","version":1}\n${JSON.stringify(segment)}`];

    const client = createSocket("udp4");
    for (const datagram of datagrams) client.send(datagram, Number(port), address);
    expect(await arrival.promise).toEqual(segment);
    expect(dropped).toEqual([1, 2]);
    client.close();
    await daemon.close();
  });

  it("logs the first and the tenth datagram that is not valid", async () => {
    const lines: string[] = [];
    const tenth = Promise.withResolvers<void>();
    const xray = await startXRay((line) => lines.push(line) === 2 && tenth.resolve());
    const [address, port] = xray.address.split(":");
    const client = createSocket("udp4");
    for (let sent = 0; sent < 10; sent++) client.send("nonsense", Number(port), address);
    await tenth.promise;
    expect(lines).toEqual([
      "X-Ray: dropped a datagram that is not a segment (1 so far)",
      "X-Ray: dropped a datagram that is not a segment (10 so far)",
    ]);
    client.close();
    await xray.close();
  });
});

describe("parseDatagram", () => {
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

  it("returns all fields of a segment", () => {
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

  describe("a datagram that is not valid", () => {
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
});
