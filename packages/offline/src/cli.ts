import { resolve } from "node:path";
import { currentGraph } from "./current-graph.ts";
import { toApp } from "./graph/app.ts";
import { gatherLines } from "./lines.ts";
import { help, type Options, readOptions } from "./options.ts";
import { watchPipeReader } from "./pipe-reader.ts";
import { startRuntime } from "./runtime.ts";
import { openState } from "./state/state.ts";
import { banner } from "./terminal.ts";
import { UserError } from "./user-error.ts";

const output = gatherLines((text) => process.stdout.write(text));
const log = output.write;
process.on("exit", output.flush);

/** Resolves with the exit code when the runtime is to end. */
const stopping = Promise.withResolvers<number>();
// Nobody reads any more: `npm start | head` ends as well.
process.stdout.on("error", () => stopping.resolve(0));

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) log(help.trimEnd());
  else await serve(options);
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}

async function serve(options: Options): Promise<void> {
  const { stage, port, engine, state: folder, fresh, verbose } = options;
  const root = process.cwd();
  const began = performance.now();
  const app = toApp(await currentGraph(stage, root, log));
  const state = openState(resolve(root, folder), { fresh });

  // Once only: a second Ctrl-C does not wait for anything.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => stopping.resolve(0));
  }
  watchPipeReader(() => stopping.resolve(0));

  try {
    const starting = startRuntime({
      app,
      root,
      state,
      port,
      engine,
      verbose,
      log,
      onFailure(reason) {
        console.error(reason);
        stopping.resolve(1);
      },
    });
    const runtime = await Promise.race([starting, stopping.promise.then(() => undefined)]);
    // Nobody waits for a start to stop it: what has started by then ends with us.
    if (!runtime) process.exit(await stopping.promise);
    log(banner(app, runtime, folder));
    log(`  Ready in ${Math.round(performance.now() - began)} ms. Ctrl-C stops it.\n`);
    process.exitCode = await stopping.promise;
    await runtime.close();
  } finally {
    state.close();
  }
}
