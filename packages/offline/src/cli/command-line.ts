import { type ParseArgsConfig, parseArgs } from "node:util";
import { UserError } from "../util/user-error.ts";

/**
 * Parses the arguments of a command.
 *
 * @param usage the command that prints the help text, for example `npm start -- --help`
 * @throws {UserError} An argument or option is unknown, or an option has no value.
 */
export function parseCommandLine<const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
) {
  try {
    return parseArgs(config);
  } catch (error) {
    // The first sentence names the argument; the others are advice about positional arguments.
    const [reason] = (error as Error).message.split(/\.\s|\.?\n/);
    throw new UserError(`${reason}: see ${usage}.`);
  }
}
