import { type ParseArgsConfig, parseArgs } from "node:util";

interface Command<Config> {
  /** The npm script. */
  name: string;
  /** The text that `--help` prints. */
  help: string;
  /** The arguments that it accepts. */
  args?: Config;
}

/**
 * Runs an operator's command: prints its help, or parses the arguments and calls `run`. Prints an error
 * as one line and sets the exit code to 1.
 */
export async function runCommand<const Config extends ParseArgsConfig>(
  command: Command<Config>,
  run: (args: ReturnType<typeof parseArgs<Config>>) => Promise<void>,
): Promise<void> {
  try {
    if (process.argv.includes("--help")) console.log(command.help.trimEnd());
    else await run(parseArguments(command));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

function parseArguments<const Config extends ParseArgsConfig>({ name, args }: Command<Config>) {
  try {
    return parseArgs((args ?? {}) as Config);
  } catch (error) {
    const reason = (error as Error).message.replaceAll("\n", " ").replace(/\.?$/, ".");
    throw new Error(`${reason} Run npm run ${name} -- --help for its arguments.`);
  }
}
