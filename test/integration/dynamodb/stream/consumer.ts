/**
 * A poller in a separate process, which the test kills. For each batch it prints an empty list when
 * it starts, and the records as JSON when it has processed them. A batch without the second line was
 * not processed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startStreamPoller } from "@petstore/offline/services/dynamodb/stream/poller";
import { systemClock } from "@petstore/offline/util/clock";

await startStreamPoller({
  ...JSON.parse(process.argv[2] as string),
  async invoke(_: string, payload: string) {
    process.stdout.write("[]\n");
    await sleep(10);
    process.stdout.write(`${JSON.stringify(JSON.parse(payload).Records)}\n`);
    return { kind: "response", payload: "null" };
  },
  async sendToQueue() {},
  clock: systemClock,
  log: console.error,
});
