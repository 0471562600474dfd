/**
 * A poller in a process of its own, to be killed. For each batch it prints a line as it begins, and
 * the records, JSON, when it has done them: of what is killed in between, nothing was done.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startStreamPoller } from "@petstore/offline/services/dynamodb/stream/poller";

await startStreamPoller({
  ...JSON.parse(process.argv[2] as string),
  async invoke(_: string, payload: string) {
    process.stdout.write("[]\n");
    await sleep(10);
    process.stdout.write(`${JSON.stringify(JSON.parse(payload).Records)}\n`);
    return { kind: "response", payload: "null" };
  },
  async sendToQueue() {},
  log: console.error,
});
