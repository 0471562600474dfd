import { parseArgs } from "node:util";
import { run, type Section } from "./bench.ts";
import { consoleOpen } from "./console.ts";
import { imports } from "./imports.ts";
import { memory } from "./memory.ts";
import { pages } from "./pages.ts";
import { missed } from "./report.ts";
import { size } from "./size.ts";
import { start } from "./start.ts";
import { throughput } from "./throughput.ts";
import { warm } from "./warm.ts";

const sections: Record<string, Section> = {
  ...{ size, warm, throughput, console: consoleOpen, start, memory, pages, imports },
};

const help = `Usage: npm run bench -- [options]

  --only <sections>  some of them: ${Object.keys(sections).join(",")}
  --quick            10,000 pets instead of 100,000, fewer rounds
  --help             print this text
`;

/** The command line, or the one sentence that says what is wrong with it. */
function read(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: "string" },
        quick: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    const chosen = values.only?.split(",") ?? Object.keys(sections);
    const unknown = chosen.find((name) => !Object.hasOwn(sections, name));
    if (unknown === undefined) return { ...values, chosen };
    return `There is no section ${unknown}: choose of ${Object.keys(sections).join(", ")}.`;
  } catch (error) {
    return `${(error as Error).message.split(". ")[0]}: see npm run bench -- --help.`;
  }
}

const options = read(process.argv.slice(2));
if (typeof options === "string") {
  console.error(options);
  process.exitCode = 1;
} else if (options.help) {
  process.stdout.write(help);
} else {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => abort.abort());
  }
  for (const name of options.chosen) {
    await run(sections[name] as Section, options.quick ?? false, abort.signal);
    if (abort.signal.aborted) process.exit(130);
  }
  const count = missed();
  console.log(`\n${count ? `${count} over budget` : "All within budget"}.`);
}
