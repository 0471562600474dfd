import { readFileSync } from "node:fs";
import type { SourceMap } from "node:module";
import { text } from "node:stream/consumers";
import { runCommand } from "./command.ts";
import { downloadMap, readLocalMap } from "./source-maps.ts";
import { readLogLine, symbolicate } from "./stack-trace.ts";

const help = `Usage: npm run symbolicate -- [<file>] [options]

Replaces the positions of stack traces by files, lines and columns of the sources. The input is a
stack trace or a log with stack traces, from the file or from standard input.

Options:
  --function <name>   The function that wrote the trace, for example GetPet. JSON log lines contain
                      its name, so they do not need it.
  --help              Print this text.

Examples:
  npm run symbolicate -- petstore.log
  npx sst shell --stage production -- npm run symbolicate -- trace.txt
`;

/** The folder of a function's code on Lambda. */
const LAMBDA_TASK_ROOT = "/var/task/";

const args = { allowPositionals: true, options: { function: { type: "string" } } } as const;

await runCommand({ name: "symbolicate", help, args }, async ({ values, positionals }) => {
  const [file, extra] = positionals;
  if (extra !== undefined) throw new Error(`Symbolicate reads one file: remove "${extra}".`);

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
});
