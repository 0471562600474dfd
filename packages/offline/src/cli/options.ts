import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../util/user-error.ts";
import { parseCommandLine } from "./command-line.ts";

export const help = `Usage: npm start -- [options]

Runs the app of sst.config.ts on this machine: no AWS account, no network.

  --port <number>    port of the API (default 3000, which is http://localhost:3000; 0 takes
                     any free one); the issuer of tokens and the console have the two after it
  --stage <name>     stage of the app to run (default offline)
  --engine <name>    DynamoDB engine: dynoxide, dynamodb-local or endpoint
                     (default: DYNAMODB_ENGINE, or else the first that is there;
                     endpoint is a DynamoDB of yours, at DYNAMODB_ENDPOINT)
  --state <folder>   where data is kept (default .offline/<stage>)
  --fresh            start with no data
  --verbose          print all that functions write, and not only warnings and errors
  --help             print this text
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
 * Reads the command line.
 *
 * @throws UserError for an unknown option or a value that an option cannot have
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
