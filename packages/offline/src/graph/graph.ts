import * as z from "zod";

/** A resource that an SST component declared, as the recorder saw it. */
export const Resource = z.object({
  /** Pulumi type token, for example `aws:lambda/function:Function`. */
  type: z.string(),
  /** Logical name, for example `GetPetFunction`. */
  name: z.string(),
  /** The id a provider would have assigned. */
  id: z.string(),
  /** The resolved inputs, together with the outputs a provider would have computed. */
  state: z.record(z.string(), z.unknown()),
  /** Pulumi's resource option: whether it refuses to delete or replace the resource. */
  protect: z.literal(true).optional(),
});
export type Resource = z.infer<typeof Resource>;

/** What `sst.aws.Function` asked the bundler for (the parameters of SST's `Runtime.Build`). */
export const Build = z.object({
  /** Logical name of the function resource that runs this bundle. */
  functionID: z.string(),
  /** `path/to/file.export`, relative to the project's root. */
  handler: z.string(),
  runtime: z.string(),
  /** The component's `nodejs` option, verbatim. */
  nodejs: z.record(z.string(), z.unknown()).optional(),
  /** The component's `copyFiles` option: what is put beside the bundle, from where, and under which path. */
  copyFiles: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  /** The properties of everything linked to the function, by link name. */
  links: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type Build = z.infer<typeof Build>;

/** What links grant to the functions that have them (`include: [sst.aws.permission(…)]`), by name. */
export const Grants = z.record(
  z.string(),
  z.array(
    z.object({
      effect: z.enum(["allow", "deny"]).optional(),
      actions: z.array(z.string()),
      resources: z.array(z.string()),
      conditions: z
        .array(z.object({ test: z.string(), variable: z.string(), values: z.array(z.string()) }))
        .optional(),
    }),
  ),
);
export type Grants = z.infer<typeof Grants>;

/** A whole app, one stage of it: everything `sst deploy` would have created. */
export const Graph = z.object({
  app: z.string(),
  stage: z.string(),
  region: z.string(),
  /** The project files the graph was computed from, relative to the root, and one hash over them all. */
  inputs: z.object({ hash: z.string(), files: z.array(z.string()) }),
  resources: z.array(Resource),
  builds: z.array(Build),
  /** The properties of everything that can be linked, by name: what `sst shell` gives to a command. */
  links: z.record(z.string(), z.record(z.string(), z.unknown())),
  grants: Grants.default({}),
  /** What `run()` of sst.config.ts returns, and SST prints after a deployment. */
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type Graph = z.infer<typeof Graph>;

/** Returns the AWS account of the app's ARNs; empty if no resource has an account in its ARN. */
export function findAccountId({ resources }: Graph): string {
  const ids = resources.map(
    ({ state }) => /^arn:aws[\w-]*:[^:]*:[^:]*:(\d{12}):/.exec(String(state.arn))?.[1],
  );
  return ids.find((id) => id !== undefined) ?? "";
}

/** The resources of one type, with the part of their state that `schema` describes. */
export function readStates<State>(
  graph: Graph,
  type: string,
  schema: z.ZodType<State>,
): { name: string; id: string; state: State }[] {
  return graph.resources
    .filter((resource) => resource.type === type)
    .map(({ name, id, state }) => ({ name, id, state: schema.parse(state) }));
}
