/**
 * Runs a bundled `sst.config.ts` under Pulumi's mock runtime and sends what it declared to the
 * parent process. A program of its own: SST keeps its state in global variables and changes the
 * working directory, so every stage gets a fresh process.
 */
import crypto from "node:crypto";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Build } from "../graph/graph.ts";
import { invoke } from "./data-sources.ts";
import { createResource } from "./outputs.ts";
import type { PulumiResource, PulumiRuntime } from "./pulumi.ts";
import type { Outcome, Recording, Task } from "./record.ts";
import { startRpcServer } from "./rpc.ts";
import { guardOutputs } from "./unknown-outputs.ts";

type Providers = { aws?: { region?: string } };

const { root, stage, bundle, work } = JSON.parse(process.argv[2] as string) as Task;
const platform = join(root, ".sst", "platform");
const pulumi: PulumiRuntime = createRequire(bundle)("@pulumi/pulumi");

let finished = false;
process.on("uncaughtException", fail);
// Pulumi resolves outputs on its own time: all is recorded when nothing is left to do.
process.on("beforeExit", () => {
  if (finished) send({ recording }, 0);
  else fail(new Error("run() never ended: it waits for a value that nobody provides"));
});

// SST ends physical names in random letters. Here they have to be the same on every run.
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

/** Every resource by type and name: mocks are not told its options. */
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
    call: ({ token, inputs }) => invoke(token, inputs, region),
  },
  app.name,
  stage,
);
await pulumi.runtime.runInPulumiStack(async () => {
  pulumi.runtime.registerStackTransformation((args) => {
    guardOutputs(args);
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

/** Pulumi wraps the values it would encrypt in its state, which here is none. */
function withoutSecrets(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
  );
}

/** What `sst-env.d.ts` declares: the link of every top-level component that can be linked. */
function recordLink(resource: PulumiResource, type: string, name: string) {
  if (!resource.getSSTLink) return;
  let link: ReturnType<typeof resource.getSSTLink>;
  try {
    link = resource.getSSTLink();
  } catch {
    return; // a component refuses where its options leave it nothing to link
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
  // Its message says it all: SST leaves the stack out as well.
  send({ error: { message, stack: name === "VisibleError" ? "" : stack } }, 1);
}

function send(outcome: Outcome, exitCode: number) {
  process.send?.(outcome, () => process.exit(exitCode));
}
