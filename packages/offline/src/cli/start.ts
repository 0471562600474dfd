import { resolve } from "node:path";
import { findUnsupported } from "../runtime/unsupported.ts";
import { services } from "../services/index.ts";
import { openState } from "../state/state.ts";
import { currentGraph } from "../synth/current-graph.ts";
import { gatherLines } from "../util/lines.ts";
import { UserError } from "../util/user-error.ts";
import { help, type Options, readOptions } from "./options.ts";
import { watchPipeReader } from "./pipe-reader.ts";
import { serveApp } from "./serve.ts";
import { formatBanner } from "./terminal.ts";

const output = gatherLines((text) => process.stdout.write(text));
process.on("exit", output.flush);
let hasFailed = false;

/** Prints a line, unless the reason for a failure was printed: that is the last line. */
function log(line: string): void {
  if (!hasFailed) output.write(line);
}

/** Resolves with the exit code when the runtime should stop. */
const stopping = Promise.withResolvers<number>();
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  // The reader of the pipe has ended, as in `npm start | head`.
  if (code === "EPIPE") return stopping.resolve(0);
  fail(`The output cannot be written (${message}): free some space, then run npm start again.`);
  stopping.resolve(1);
});

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) log(help.trimEnd());
  else await serve(options);
} catch (error) {
  fail(error instanceof UserError ? error.message : error);
  // A failed start can leave handles open that would keep the process alive.
  process.exit(1);
}

/** Prints the first reason for a failure. Later ones are consequences of it. */
function fail(reason: unknown): void {
  if (hasFailed) return;
  output.flush();
  hasFailed = true;
  console.error(reason);
}

async function serve(options: Options): Promise<void> {
  const { stage, port, engine, state: folder, fresh, verbose } = options;
  const root = process.cwd();
  const startedAt = performance.now();
  const graph = await currentGraph(stage, root, log);
  // Only the owner may read the state, including the files that engines write.
  process.umask(0o077);
  const state = openState(resolve(root, folder), { fresh });

  // `once`, so that a second Ctrl-C ends the process immediately.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => stopping.resolve(0));
  }
  watchPipeReader(() => stopping.resolve(0));

  try {
    const starting = serveApp({
      graph,
      services,
      projectRoot: root,
      state,
      port,
      settings: { engine },
      verbose,
      log,
      onFailure(reason) {
        fail(reason);
        stopping.resolve(1);
      },
    });
    const runtime = await Promise.race([starting, stopping.promise.then(() => undefined)]);
    // Interrupted during the start: what has started so far ends with this process.
    if (!runtime) process.exit(await stopping.promise);
    log(formatBanner(runtime, findUnsupported(graph, services), folder));
    log(`  Ready in ${Math.round(performance.now() - startedAt)} ms. Ctrl-C stops it.\n`);
    process.exitCode = await stopping.promise;
    await runtime.close();
  } finally {
    state.close();
  }
}
