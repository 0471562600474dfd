import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { UserError } from "./user-error.ts";

export const help = `Usage: npm start -- [options]

Runs the app of sst.config.ts on this machine: no AWS account, no network.

  --port <number>    port of the API (default 3000; 0 takes any free one); the issuer of
                     tokens and the console have the two after it
  --stage <name>     stage of the app to run (default offline)
  --engine <name>    DynamoDB engine: dynoxide, dynamodb-local or endpoint
                     (default: DYNAMODB_ENGINE, or else the first that is there;
                     endpoint is a DynamoDB of yours, at DYNAMODB_ENDPOINT)
  --state <folder>   where data is kept (default .offline/<stage>)
  --fresh            start with no data
  --verbose          print all that functions write, and not only warnings and errors
  --help             print this text
`;

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
 * @throws UserError for an unknown flag or a value that cannot be one
 */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const parsed = Options.safeParse(flags(args));
  if (!parsed.success) {
    const [flag] = parsed.error.issues[0]?.path ?? [];
    throw new UserError(`--${String(flag)} cannot have that value: see npm start -- --help.`);
  }
  const { engine = environment.DYNAMODB_ENGINE, ...options } = parsed.data;
  const state = options.state ?? join(".offline", options.stage);
  return { ...options, state, ...(engine && { engine }) };
}

function flags(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string" },
        stage: { type: "string" },
        engine: { type: "string" },
        state: { type: "string" },
        fresh: { type: "boolean" },
        verbose: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    const [reason] = (error as Error).message.split(". ");
    throw new UserError(`${reason}: see npm start -- --help.`);
  }
}
