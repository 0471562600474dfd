import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot, type Section } from "./bench.ts";
import { type Offline, runtimeCommand, startOffline } from "./offline.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds } from "./rounds.ts";
import { measureRequestsPerSecond, SECONDS, WARM_UP_SECONDS } from "./throughput.ts";

const REQUESTS = 10_000;

/** Starts a runtime with an inspector, through which its heap can be measured. */
const inspectedCommand = runtimeCommand.toSpliced(1, 0, "--inspect=127.0.0.1:0");

/** Throughput with the console open and closed, and the growth of the runtime's heap. */
export const openConsole: Section = async (bench) => {
  const offline = await startOffline(bench, inspectedCommand);
  const url = `${offline.url}/api/health`;
  const send = async (count: number) => {
    for (let sent = 0; sent < count; )
      sent += SECONDS * (await measureRequestsPerSecond(bench, url, SECONDS));
  };
  await measureRequestsPerSecond(bench, url, WARM_UP_SECONDS);
  await send(REQUESTS);
  const before = await measureHeapMegabytes(offline);

  const perSecond = await measureInRounds(bench.quick ? 5 : 9, {
    closed: () => measureRequestsPerSecond(bench, url),
    async open() {
      const page = fork(join(projectRoot, "test/bench/programs/events.ts"), [offline.console()]);
      const end = () => page.kill("SIGKILL");
      bench.defer(end);
      await once(page, "message");
      try {
        return await measureRequestsPerSecond(bench, url);
      } finally {
        end();
        await once(page, "exit");
      }
    },
  });
  await send(REQUESTS);
  const after = await measureHeapMegabytes(offline);
  const growth = after / before;
  const ratio = perSecond.ratio("open", "closed");
  printTable(
    "The console, 10 requests in flight",
    ["what", "value", "ratio", "budget"],
    [
      ["requests a second, closed", perSecond.median("closed").toFixed(0), "1.00"],
      [
        "requests a second, open",
        perSecond.median("open").toFixed(0),
        ratio.toFixed(2),
        checkBudget(ratio, "≥", 0.95),
      ],
      ["MB of heap after 10,000 requests", before.toFixed(0), "1.00"],
      [
        "MB of heap after all requests",
        after.toFixed(0),
        growth.toFixed(2),
        checkBudget(growth, "≤", 1.25),
      ],
    ],
  );
};

/**
 * Returns the megabytes of a runtime's heap after a garbage collection. Its resident memory is larger
 * and depends on when it collects garbage.
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/
 */
async function measureHeapMegabytes({ output }: Offline): Promise<number> {
  const [address = ""] = /ws:\S+/.exec(output()) ?? [];
  const inspector = new WebSocket(address);
  await new Promise((resolve, reject) => {
    inspector.onopen = resolve;
    inspector.onerror = reject;
  });
  const call = (id: number, method: string) =>
    new Promise<{ usedSize?: number }>((resolve) => {
      inspector.onmessage = ({ data }) => resolve(JSON.parse(data).result);
      inspector.send(JSON.stringify({ id, method }));
    });
  await call(1, "HeapProfiler.collectGarbage");
  const { usedSize = Number.NaN } = await call(2, "Runtime.getHeapUsage");
  inspector.close();
  return usedSize / 1024 ** 2;
}
