import { createSocket } from "node:dgram";
import { expect, test } from "vitest";
import { startDaemon } from "../../../packages/offline/src/xray/daemon.ts";
import type { Segment } from "../../../packages/offline/src/xray/segment.ts";

test("counts what is no segment, and goes on", async () => {
  const arrival = Promise.withResolvers<Segment>();
  const daemon = await startDaemon(arrival.resolve);
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
  expect(daemon.dropped()).toBe(2);
  client.close();
  await daemon.close();
});
