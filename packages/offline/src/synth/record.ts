import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Build, Grants, Resource } from "../graph/graph.ts";
import { UserError } from "../util/user-error.ts";
import { isProjectFile } from "./bundle.ts";

export interface Task {
  root: string;
  stage: string;
  /** The bundled `sst.config.ts`. */
  bundle: string;
  /** An empty directory for the components' files. */
  work: string;
}

/** The declarations of one stage of an app, in the order in which they were made. */
export interface Recording {
  app: string;
  stage: string;
  region: string;
  resources: Resource[];
  builds: Build[];
  /** The properties of every linkable component, by name. */
  links: Record<string, Record<string, unknown>>;
  grants: Grants;
  /** The result of `run()`, which SST prints after a deployment. */
  outputs?: Record<string, unknown>;
}

export type Outcome = { recording: Recording } | { error: { message: string; stack: string } };

export interface RecordOptions extends Omit<Task, "work"> {
  environment: NodeJS.ProcessEnv;
}

/**
 * Runs the bundled config for one stage in a separate process.
 *
 * @throws {UserError} The config failed; the message has the line of the project's code.
 */
export async function record({
  root,
  stage,
  bundle,
  environment,
}: RecordOptions): Promise<Recording> {
  const work = await mkdtemp(join(tmpdir(), "synth-"));
  const task: Task = { root, stage, bundle, work };
  try {
    const child = fork(new URL("recorder.ts", import.meta.url), [JSON.stringify(task)], {
      cwd: root,
      env: environment,
      execArgv: ["--enable-source-maps", "--no-deprecation", "--no-warnings"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const outcome = await new Promise<Outcome | undefined>((resolve, reject) => {
      child
        .once("message", resolve)
        .once("error", reject)
        .once("close", () => resolve(undefined));
    });
    child.kill();
    if (!outcome) throw new Error("The recorder ended without a result");
    if ("error" in outcome) throw new UserError(describeError(outcome.error, root));
    return outcome.recording;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Formats the message with the stack's lines of the project itself. */
function describeError(
  { message, stack }: { message: string; stack: string },
  root: string,
): string {
  const own = [...stack.matchAll(/^ +at .*?\(?(?:file:\/\/)?([^()\s]+):(\d+):(\d+)\)?$/gm)]
    .map(([, file = "", line, column]) => ({ file: relative(root, file), line, column }))
    .filter(
      ({ file }) => isProjectFile(file) && !file.startsWith(relative(root, import.meta.dirname)),
    );
  const at = own.slice(0, 3).map(({ file, line, column }) => `\n    at ${file}:${line}:${column}`);
  return `sst.config.ts failed: ${message}${at.join("")}`;
}
