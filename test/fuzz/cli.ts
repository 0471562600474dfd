import { parseCommandLine } from "@petstore/offline/cli/command-line";
import { startOffline, temporaryFolder } from "../support/offline.ts";
import { fuzz } from "./fuzz.ts";

const help = `Usage: npm run fuzz -- [options]

Starts an API, sends random requests and sequences of requests to it, and compares every response
with the OpenAPI document. The same seed generates the same requests.

  --runs <number>  number of requests (default: 2000)
  --seed <number>  seed of the random numbers (default: a random one)
  --help           print this text
`;

async function main(): Promise<void> {
  const { values } = parseCommandLine(
    {
      options: {
        runs: { type: "string", default: "2000" },
        seed: { type: "string", default: String(Date.now() % 2 ** 31) },
        help: { type: "boolean", default: false },
      },
    },
    "npm run fuzz -- --help",
  );
  if (values.help) return console.log(help.trimEnd());
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  for (const name of ["runs", "seed"] as const) {
    if (!/^\d+$/.test(values[name])) {
      throw new Error(`--${name} must be a whole number, not "${values[name]}".`);
    }
  }

  await using folder = await temporaryFolder();
  const offline = await startOffline(folder.path);
  const started = Date.now();
  try {
    const statuses = await fuzz(offline, { runs, seed });
    for (const [status, count] of [...statuses].sort()) console.log(`${status} × ${count}`);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`All responses are as documented, in ${seconds} s (seed ${seed})`);
  } finally {
    await offline.stop();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
