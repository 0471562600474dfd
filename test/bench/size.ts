import type { Section } from "./bench.ts";
import {
  type BuiltFunction,
  buildFunctions,
  createInitTimer,
  loadProductionFunctions,
  withHandler,
} from "./functions.ts";
import { checkBudget, printTable } from "./report.ts";
import { measureInRounds } from "./rounds.ts";

const KB = 1000;

/** Bundle size and cold start of each function, compared with an empty one. */
export const size: Section = async (bench) => {
  const functions = loadProductionFunctions();
  const [first] = functions;
  if (!first) throw new Error("There are no functions");
  const built = await buildFunctions([withHandler(first, "(empty)", "empty"), ...functions], bench);
  const measure = await createInitTimer(bench);

  const timers = Object.fromEntries(built.map((one) => [one.fn.name, () => measure(one)]));
  const init = await measureInRounds(bench.quick ? 11 : 21, timers);

  printTable(
    "Bundle and cold start of each operation",
    ["function", "KB", "budget", "init ms", "ratio to empty", "budget"],
    built.map(({ fn: { name }, bytes }: BuiltFunction) => {
      const ratio = init.ratio(name, "(empty)");
      const hasBudget = name !== "(empty)";
      return [
        name,
        (bytes / KB).toFixed(1),
        hasBudget ? checkBudget(bytes / KB, "≤", 460) : "",
        init.median(name).toFixed(0),
        ratio.toFixed(2),
        hasBudget ? checkBudget(ratio, "≤", 3.3) : "",
      ];
    }),
  );
};
