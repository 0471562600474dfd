import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Graph } from "../graph/graph.ts";
import { loadGraph } from "../graph/load.ts";
import { findEndpoint } from "../runtime/endpoint-file.ts";
import { withLocalUrls } from "../runtime/local-urls.ts";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

const help = `Usage: npm run shell -- [options] -- <command> [arguments]

Runs a command with the links and AWS credentials of the app that npm start runs, as
"sst shell" does for a stage on AWS.

  --stage <name>     stage that runs (default: offline)
  --state <folder>   folder of its data (default: .offline/<stage>)
  --help             print this text

Examples:
  npm run shell -- node script.mjs
  npm run shell -- aws dynamodb list-tables
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args);
  const [command, ...rest] = positionals;
  if (values.help || !command) {
    console.log(help.trimEnd());
    return values.help ? 0 : 1;
  }
  const { stage } = values;
  const state = resolve(values.state ?? join(".offline", stage));
  const endpoint = findEndpoint(state);

  const graph = loadGraph(stage);
  const links = createLinkVariables(graph);
  const child = spawn(command, rest, {
    stdio: "inherit",
    env: {
      ...process.env,
      ...links,
      ...withLocalUrls(endpoint.localUrls, links),
      AWS_REGION: graph.region,
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
      AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    },
  });
  try {
    const [code] = await once(child, "exit");
    return code ?? 1;
  } catch (error) {
    throw new UserError(`The command ${command} cannot be run: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function parseArguments(args: string[]) {
  return parseCommandLine(
    {
      args,
      allowPositionals: true,
      options: {
        stage: { type: "string", default: "offline" },
        state: { type: "string" },
        help: { type: "boolean", default: false },
      },
    },
    "npm run shell -- --help",
  );
}

/** Returns the environment variables from which `Resource` of the `sst` package reads links. */
function createLinkVariables({ app, stage, links }: Graph): Record<string, string> {
  const all = { App: { name: app, stage }, ...links };
  return Object.fromEntries(
    Object.entries(all).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
  );
}
