import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** Values for the committed graphs, which must be the same on every machine. */
const TEST_VALUES = "infra/test.env";

/** The environment in which `sst.config.ts` runs. */
export interface Environment {
  variables: NodeJS.ProcessEnv;
  /** Its files, relative to the root, whether or not they exist. */
  files: string[];
}

/** Returns the environment of a stage with a committed graph: `infra/test.env` overrides the shell. */
export function testEnvironment(root: string): Environment {
  return {
    variables: { ...process.env, ...readVariables(join(root, TEST_VALUES)) },
    files: existsSync(join(root, TEST_VALUES)) ? [TEST_VALUES] : [],
  };
}

/**
 * Returns the environment of any other stage, as SST 4.17 computes it: `.env.<stage>` takes
 * precedence over the shell, and the shell over `.env`.
 * https://github.com/anomalyco/sst/blob/dev/cmd/sst/cli/cli.go
 */
export function stageEnvironment(stage: string, root: string): Environment {
  const [shared, own] = [".env", `.env.${stage}`] as const;
  return {
    variables: {
      ...readVariables(join(root, shared)),
      ...process.env,
      ...readVariables(join(root, own)),
    },
    files: [shared, own],
  };
}

function readVariables(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
