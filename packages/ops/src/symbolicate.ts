import { readFileSync } from "node:fs";
import type { SourceMap } from "node:module";
import { text } from "node:stream/consumers";
import { parseCommandLine } from "./command-line.ts";
import { downloadMap, readLocalMap } from "./source-maps.ts";
import { readLogLine, symbolicate } from "./stack-trace.ts";

const help = `Usage: npm run symbolicate -- [<file>] [options]

Prints stack traces with the files, lines and columns of the sources. Reads a stack trace or log
lines from a file, or else from standard input. For the code that runs on AWS:

  npx sst shell --stage production -- npm run symbolicate -- <file>

  --function <name>   the function that wrote them, for example GetPet; not needed for the JSON
                      lines that functions log, which name it
  --help              print this text
`;

/** Where Lambda unpacks a function's code. */
const LAMBDA_TASK_ROOT = "/var/task/";

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseCommandLine(
    {
      allowPositionals: true,
      options: { function: { type: "string" }, help: { type: "boolean", default: false } },
    },
    "npm run symbolicate -- --help",
  );
  if (values.help) return console.log(help.trimEnd());

  const [file, extra] = positionals;
  if (extra !== undefined) throw new Error(`Symbolicate one file at a time: remove "${extra}".`);
  const input = file ? readFileSync(file, "utf8") : await text(process.stdin);
  const downloads = new Map<string, Promise<SourceMap>>();
  for (const line of input.trimEnd().split("\n")) {
    const { text, functionName = values.function, time } = readLogLine(line);
    const findMap = async (bundle: string) => {
      if (!bundle.startsWith(LAMBDA_TASK_ROOT)) return readLocalMap(bundle);
      if (!functionName) {
        throw new Error("The trace does not name its function: add --function <name>.");
      }
      const key = [functionName, bundle, time?.toISOString()].join();
      const map = downloads.get(key) ?? downloadMap(functionName, bundle, time);
      downloads.set(key, map);
      return map;
    };
    console.log(await symbolicate(text, findMap));
  }
}
