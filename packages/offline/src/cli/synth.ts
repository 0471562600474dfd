import { findGraph } from "../graph/load.ts";
import { listChanges } from "../synth/normalize.ts";
import { ensurePlatform } from "../synth/platform.ts";
import { committedStages, staleFiles, synthesize, writeFiles } from "../synth/synthesize.ts";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run synth -- [options]

Computes what sst.config.ts would deploy, and writes infra/graph/<stage>.json for the stages
${committedStages.join(" and ")}, sst-env.d.ts, infra/PERMISSIONS.md and infra/deploy-role/.

  --stage <name>    write only infra/graph/<name>.json; letters, digits and hyphens
  --check           write nothing, and fail if a committed file is stale
  --platform-only   only install the SST platform, if it is missing
  --help            print this text

Examples:
  npm run synth
  npm run synth -- --stage alice
`;

/** The number of printed changes per stage. */
const MAX_CHANGES = 12;

const root = process.cwd();
const log = (line: string) => console.log(line);

try {
  await main(readOptions());
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}

async function main({ help: wantsHelp, stage, check, "platform-only": platformOnly }: Options) {
  if (wantsHelp) return log(help.trimEnd());
  if (platformOnly) return ensurePlatform(root, log);
  const start = performance.now();
  const { graphs, files } = await synthesize(stage ? [stage] : committedStages, root, log);

  if (check) {
    const stale = staleFiles(files, root);
    if (stale.length > 0) {
      throw new UserError(stale.map((file) => `${file} is stale: run npm run synth`).join("\n"));
    }
    return log(`Up to date: ${Object.keys(files).join(", ")}`);
  }

  for (const graph of graphs) {
    const lines = listChanges(findGraph(graph.stage, root), graph);
    log(`${graph.stage}: ${graph.resources.length} resources, ${lines.length || "no"} changes`);
    for (const line of lines.slice(0, MAX_CHANGES)) log(`  ${line}`);
    if (lines.length > MAX_CHANGES) log(`  … and ${lines.length - MAX_CHANGES} more`);
  }
  await writeFiles(files, root);
  log(`Done in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
}

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const { values } = parseCommandLine(
    {
      options: {
        stage: { type: "string" },
        check: { type: "boolean", default: false },
        "platform-only": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    },
    "npm run synth -- --help",
  );
  if (values.stage !== undefined && !/^[a-zA-Z0-9-]+$/.test(values.stage)) {
    throw new UserError(`--stage cannot be "${values.stage}": use letters, digits and hyphens.`);
  }
  return values;
}
