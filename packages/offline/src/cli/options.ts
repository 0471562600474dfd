import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

export const help = `Usage: npm start -- [options]

Runs the app of sst.config.ts on this machine, without an AWS account or a network.

  --port <number>    port of the first API, 0 to 65535 (default: 3000). The next ports are for
                     further APIs, the token issuer and the console. 0: any free ports
  --stage <name>     stage to run: up to 32 letters, digits and hyphens (default: offline)
  --engine <name>    DynamoDB engine: dynoxide, dynamodb-local (requires JDK 17), or endpoint,
                     which is a running DynamoDB at the URL in DYNAMODB_ENDPOINT
                     (default: DYNAMODB_ENGINE, otherwise the first of these that is installed)
  --state <folder>   folder of the data (default: .offline/<stage>)
  --fresh            delete all data first
  --verbose          print all output of functions (default: warnings and errors)
  --help             print this text

Examples:
  npm start
  npm start -- --port 4000 --fresh
  npm start -- --stage production --engine dynamodb-local
`;

const OPTIONS = {
  port: { type: "string" },
  stage: { type: "string" },
  engine: { type: "string" },
  state: { type: "string" },
  fresh: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean" },
} as const;

const Options = z.object({
  port: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(3000),
  stage: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,32}$/)
    .default("offline"),
  engine: z.string().optional(),
  state: z.string().min(1).optional(),
  fresh: z.boolean().default(false),
  verbose: z.boolean().default(false),
  help: z.boolean().default(false),
});

export type Options = z.output<typeof Options> & { state: string };

/**
 * Reads the options of `npm start`.
 *
 * @param args the arguments after `npm start --`
 * @param environment `DYNAMODB_ENGINE` is the default of `--engine`
 * @throws {UserError} An option is unknown, or its value is invalid.
 */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const { values } = parseCommandLine({ args, options: OPTIONS }, "npm start -- --help");
  const parsed = Options.safeParse(values);
  if (!parsed.success) {
    const flag = parsed.error.issues[0]?.path[0] as keyof typeof values;
    throw new UserError(`--${flag} cannot be "${values[flag]}": see npm start -- --help.`);
  }
  const { engine = environment.DYNAMODB_ENGINE, ...options } = parsed.data;
  const state = options.state ?? join(".offline", options.stage);
  return { ...options, state, ...(engine && { engine }) };
}
