/**
 * Runs a bundled `sst.config.ts` under Pulumi's mock runtime and sends the declared resources to the
 * parent process. Every stage needs a separate process, because SST has its state in global variables and
 * changes the working directory.
 */
import crypto from "node:crypto";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Build } from "../graph/graph.ts";
import { invokeDataSource } from "./data-sources.ts";
import { createResource } from "./outputs.ts";
import type { PulumiResource, PulumiRuntime } from "./pulumi.ts";
import type { Outcome, Recording, Task } from "./record.ts";
import { startRpcServer } from "./rpc.ts";
import { rejectUnknownOutputs } from "./unknown-outputs.ts";

type Providers = { aws?: { region?: string } };

const { root, stage, bundle, work } = JSON.parse(process.argv[2] as string) as Task;
const platform = join(root, ".sst", "platform");
const pulumi: PulumiRuntime = createRequire(bundle)("@pulumi/pulumi");

let finished = false;
process.on("uncaughtException", fail);
// Pulumi resolves outputs asynchronously: the recording is complete when nothing is pending.
process.on("beforeExit", () => {
  if (finished) send({ recording }, 0);
  else fail(new Error("run() did not end: it waits for a value that is not known offline"));
});

// SST appends random letters to physical names, which must be the same on every run.
crypto.randomBytes = ((size: number) => Buffer.alloc(size)) as typeof crypto.randomBytes;

const out = join(work, "bundle");
mkdirSync(out, { recursive: true });
const builds: Build[] = [];
process.env.SST_SERVER = await startRpcServer(root, out, (build) => builds.push(build));

const app = { name: "", stage, removal: "retain", protect: false, providers: {} as Providers };
Object.assign(globalThis, {
  $app: app,
  $dev: false,
  $cli: {
    command: "deploy",
    rpc: "",
    paths: { home: work, root, work, platform },
    state: { version: {} },
  },
});
const { config, run } = await import(pathToFileURL(bundle).href);
Object.assign(app, await config.app({ stage }));
const region = app.providers.aws?.region ?? "us-east-1";
const recording: Recording = {
  app: app.name,
  stage,
  region,
  resources: [],
  builds,
  links: {},
  grants: {},
};

/** Resources by type and name, because mocks do not receive their options. */
const declared = new Map<string, PulumiResource>();
await pulumi.runtime.setMocks(
  {
    newResource({ type, name, inputs, custom, id }) {
      if (!custom) return { id: "", state: inputs };
      const created = createResource({ type, name, inputs: withoutSecrets(inputs), region });
      const protect = declared.get(`${type} ${name}`)?.__protect === true;
      const resource = { type, name, ...created, ...(id && { id }), ...(protect && { protect }) };
      recording.resources.push(resource);
      return resource;
    },
    call: ({ token, inputs }) => invokeDataSource(token, inputs, region),
  },
  app.name,
  stage,
);
await pulumi.runtime.runInPulumiStack(async () => {
  pulumi.runtime.registerStackTransformation((args) => {
    rejectUnknownOutputs(args);
    declared.set(`${args.type} ${args.name}`, args.resource);
    if (!args.opts.parent) process.nextTick(recordLink, args.resource, args.type, args.name);
    return undefined;
  });
  const { _protect, ...outputs } = (await run(config.run)) as Record<string, unknown>;
  pulumi.output(outputs).apply((resolved) => {
    recording.outputs = resolved;
  });
});
finished = true;

/** Unwraps the values that Pulumi would encrypt in its state. */
function withoutSecrets(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
  );
}

/** Records the link of a linkable top-level component, for `sst-env.d.ts`. */
function recordLink(resource: PulumiResource, type: string, name: string) {
  if (!resource.getSSTLink) return;
  let link: ReturnType<typeof resource.getSSTLink>;
  try {
    link = resource.getSSTLink();
  } catch {
    return; // a component throws when its options leave nothing to link
  }
  pulumi.output(link.properties).apply((resolved) => {
    recording.links[name] = { ...resolved, type: type.replaceAll(":", ".") };
  });
  const permissions = link.include?.filter((included) => included.type === "aws.permission") ?? [];
  if (permissions.length === 0) return;
  pulumi.output(permissions).apply((resolved) => {
    recording.grants[name] = resolved.map(({ type: _, ...permission }) => permission);
  });
}

function fail(error: unknown) {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  // The message is sufficient. SST omits the stack as well.
  send({ error: { message, stack: name === "VisibleError" ? "" : stack } }, 1);
}

function send(outcome: Outcome, exitCode: number) {
  process.send?.(outcome, () => process.exit(exitCode));
}
