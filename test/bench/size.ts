import type { Section } from "./bench.ts";
import { type Built, build, initTimer, productionFunctions, variant } from "./functions.ts";
import { budget, table } from "./report.ts";
import { rounds } from "./rounds.ts";

const KB = 1000;

/** How large each function is, and how long it takes to start, by the measure of an empty one. */
export const size: Section = async (bench) => {
  const functions = productionFunctions();
  const [first] = functions;
  if (!first) throw new Error("There are no functions");
  const built = await build([variant(first, "(empty)", "empty"), ...functions], bench);
  const measure = await initTimer(bench);

  const timers = Object.fromEntries(built.map((one) => [one.fn.name, () => measure(one)]));
  const init = await rounds(bench.quick ? 11 : 21, timers);

  table(
    "Bundle and cold start of each operation",
    ["function", "KB", "budget", "init ms", "ratio to empty", "budget"],
    built.map(({ fn: { name }, bytes }: Built) => {
      const ratio = init.ratio(name, "(empty)");
      const judged = name !== "(empty)";
      return [
        name,
        (bytes / KB).toFixed(1),
        judged ? budget(bytes / KB, "≤", 460) : "",
        init.of(name).toFixed(0),
        ratio.toFixed(2),
        judged ? budget(ratio, "≤", 3.3) : "",
      ];
    }),
  );
};
