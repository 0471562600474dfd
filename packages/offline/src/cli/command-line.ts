import { type ParseArgsConfig, parseArgs } from "node:util";
import { UserError } from "../util/user-error.ts";

/**
 * Parses the arguments of a command.
 *
 * @param usage the command that explains itself, for example `npm start -- --help`
 * @throws {UserError} An argument or option is not one of the command's, or lacks its value.
 */
export function parseCommandLine<const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
) {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node explains in further sentences how to pass the argument in another way.
    const [reason] = (error as Error).message.split(/\.\s|\.?\n/);
    throw new UserError(`${reason}: see ${usage}.`);
  }
}
