import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Graph } from "../graph/graph.ts";
import { hashInputs } from "../graph/inputs.ts";
import { graphPath } from "../graph/load.ts";
import { UserError } from "../util/user-error.ts";
import { bundleConfig } from "./bundle.ts";
import { deployRoleFiles } from "./deploy-role.ts";
import { formatEnvTypes } from "./env-types.ts";
import { stageEnvironment, testEnvironment } from "./environment.ts";
import { toGraph } from "./normalize.ts";
import { formatPermissions } from "./permissions.ts";
import { ensurePlatform } from "./platform.ts";
import { record } from "./record.ts";

/** What a synthesis computed: the files it would write, by path relative to the root. */
export interface Synthesis {
  graphs: Graph[];
  files: Record<string, string>;
}

/**
 * The stages whose graphs are committed. `sst-env.d.ts` goes with them, whatever stage it is from, and
 * `infra/PERMISSIONS.md` and `infra/deploy-role/`, which are about the last one.
 */
export const committedStages: readonly string[] = ["offline", "production"];

/**
 * Computes the graphs of `stages`, and for the committed ones what goes with them, by running the
 * project's `sst.config.ts`; installs the SST platform first if need be. Writes nothing of the
 * project's: see {@link writeFiles}.
 *
 * @param log where progress goes, a line at a time.
 * @throws UserError if the config has a mistake, or the platform cannot be installed.
 */
export async function synthesize(
  stages: readonly string[],
  root: string,
  log: (line: string) => void,
): Promise<Synthesis> {
  if (!existsSync(join(root, "sst.config.ts"))) {
    throw new UserError(`There is no sst.config.ts in ${root}`);
  }
  await ensurePlatform(root, log);
  const bundle = join(root, ".sst", "platform", `synth-${process.pid}-${Date.now()}.mjs`);
  try {
    const files = await bundleConfig(root, bundle);
    const recordings = await Promise.all(
      stages.map(async (stage) => {
        const environment = committedStages.includes(stage)
          ? testEnvironment(root)
          : stageEnvironment(stage, root);
        const recording = await record({ root, stage, bundle, environment: environment.variables });
        const inputs = [...files, ...environment.files].sort();
        return { ...recording, inputs: { hash: hashInputs(inputs, root), files: inputs } };
      }),
    );
    const graphs = recordings.map(({ inputs, ...recording }) => toGraph(recording, inputs, root));
    return {
      graphs,
      files: {
        ...Object.fromEntries(graphs.map((graph) => [graphPath(graph.stage), text(graph)])),
        ...(stages === committedStages && {
          "sst-env.d.ts": formatEnvTypes(recordings[0]?.links ?? {}),
          "infra/PERMISSIONS.md": formatPermissions(graphs.at(-1) as Graph),
          ...deployRoleFiles(graphs.at(-1) as Graph),
        }),
      },
    };
  } finally {
    await rm(bundle, { force: true });
  }
}

/** Writes what a synthesis computed. A reader sees each file either as it was or as it is now. */
export async function writeFiles(files: Record<string, string>, root: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    const temporary = `${file}.${process.pid}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  }
}

/** The files that are missing, or differ from what a synthesis computed. */
export function staleFiles(files: Record<string, string>, root: string): string[] {
  return Object.keys(files).filter((name) => {
    const file = join(root, name);
    return !existsSync(file) || readFileSync(file, "utf8") !== files[name];
  });
}

function text(graph: Graph): string {
  return `${JSON.stringify(graph, null, 2)}\n`;
}
