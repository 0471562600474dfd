import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot, type Section } from "./bench.ts";
import { heldMegabytes, inspectedCommand } from "./heap.ts";
import { startOffline } from "./offline.ts";
import { budget, table } from "./report.ts";
import { rounds } from "./rounds.ts";
import { requestsPerSecond, SECONDS, WARM_UP_SECONDS } from "./throughput.ts";

const REQUESTS = 10_000;

/** What a console that somebody has open costs the gateway, and what its memory is bounded by. */
export const consoleOpen: Section = async (bench) => {
  const offline = await startOffline(bench, inspectedCommand);
  const url = `${offline.url}/api/health`;
  const send = async (count: number) => {
    for (let sent = 0; sent < count; )
      sent += SECONDS * (await requestsPerSecond(bench, url, SECONDS));
  };
  await requestsPerSecond(bench, url, WARM_UP_SECONDS);
  await send(REQUESTS);
  const before = await heldMegabytes(offline);

  const perSecond = await rounds(bench.quick ? 5 : 9, {
    closed: () => requestsPerSecond(bench, url),
    async open() {
      const page = fork(join(projectRoot, "test/bench/programs/events.ts"), [offline.console()]);
      const end = () => page.kill("SIGKILL");
      bench.defer(end);
      await once(page, "message");
      try {
        return await requestsPerSecond(bench, url);
      } finally {
        end();
        await once(page, "exit");
      }
    },
  });
  await send(REQUESTS);
  const after = await heldMegabytes(offline);
  const growth = after / before;
  const ratio = perSecond.ratio("open", "closed");
  table(
    "The console, 10 requests in flight",
    ["what", "value", "ratio", "budget"],
    [
      ["requests a second, closed", perSecond.of("closed").toFixed(0), "1.00"],
      [
        "requests a second, open",
        perSecond.of("open").toFixed(0),
        ratio.toFixed(2),
        budget(ratio, "≥", 0.95),
      ],
      ["MB that the runtime holds after 10,000 requests", before.toFixed(0), "1.00"],
      ["and after all of these", after.toFixed(0), growth.toFixed(2), budget(growth, "≤", 1.25)],
    ],
  );
};
