import { parseCommandLine } from "@petstore/offline/cli/command-line";
import { UserError } from "@petstore/offline/util/user-error";
import { runSection, type Section } from "./bench.ts";
import { openConsole } from "./console.ts";
import { imports } from "./imports.ts";
import { memory } from "./memory.ts";
import { pages } from "./pages.ts";
import { countMissedBudgets } from "./report.ts";
import { size } from "./size.ts";
import { start } from "./start.ts";
import { throughput } from "./throughput.ts";
import { warm } from "./warm.ts";

const sections: Record<string, Section> = {
  ...{ size, warm, throughput, console: openConsole, start, memory, pages, imports },
};

const help = `Usage: npm run bench -- [options]

Measures size, speed and cost, and prints each number with its budget. It takes about five minutes.

Options:
  --only <sections>  Run some sections, separated by commas:
                     ${Object.keys(sections).join(", ")}.
  --quick            Use 10,000 pets instead of 100,000, and fewer rounds.
  --help             Print this text.

Example:
  npm run bench -- --only size,start --quick
`;

/** @throws {UserError} An argument is invalid. */
function readOptions(args: string[]) {
  const { values } = parseCommandLine(
    {
      args,
      options: {
        only: { type: "string" },
        quick: { type: "boolean" },
        help: { type: "boolean" },
      },
    },
    "npm run bench -- --help",
  );
  const chosen = values.only?.split(",") ?? Object.keys(sections);
  const unknown = chosen.find((name) => !Object.hasOwn(sections, name));
  if (unknown === undefined) return { ...values, chosen };
  const known = Object.keys(sections).join(", ");
  throw new UserError(`There is no section ${unknown}: choose some of ${known}.`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(help.trimEnd());
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => abort.abort());
  }
  for (const name of options.chosen) {
    await runSection(sections[name] as Section, options.quick ?? false, abort.signal);
    if (abort.signal.aborted) process.exit(130);
  }
  const count = countMissedBudgets();
  console.log(`\n${count ? `${count} over budget` : "All within budget"}.`);
}

await main().catch((error: Error) => {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
});
