import { createSocket } from "node:dgram";
import { startDaemon } from "@petstore/offline/services/xray/daemon";
import { startXRay } from "@petstore/offline/services/xray/xray";
import { expect, it } from "vitest";
import type { Segment } from "../../../packages/offline/src/runtime/traces.ts";

it("counts what is no segment, and goes on", async () => {
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

it("says so of the first, and of the tenth", async () => {
  const lines: string[] = [];
  const tenth = Promise.withResolvers<void>();
  const xray = await startXRay((line) => lines.push(line) === 2 && tenth.resolve());
  const [address, port] = xray.address.split(":");
  const client = createSocket("udp4");
  for (let sent = 0; sent < 10; sent++) client.send("nonsense", Number(port), address);
  await tenth.promise;
  expect(lines).toEqual([
    "X-Ray: what was sent is no segment, and lost (1 so far)",
    "X-Ray: what was sent is no segment, and lost (10 so far)",
  ]);
  client.close();
  await xray.close();
});
