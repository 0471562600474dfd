import * as z from "zod";

/** A resource that an SST component declared. */
export const Resource = z.object({
  /** Pulumi type token, for example `aws:lambda/function:Function`. */
  type: z.string(),
  /** Logical name, for example `GetPetFunction`. */
  name: z.string(),
  /** The id that a provider would assign. */
  id: z.string(),
  /** The resolved inputs, and the outputs that a provider would compute. */
  state: z.record(z.string(), z.unknown()),
  /** Pulumi's resource option `protect`: the resource cannot be deleted or replaced. */
  protect: z.literal(true).optional(),
});
export type Resource = z.infer<typeof Resource>;

/** The bundle of a function: the parameters that `sst.aws.Function` passes to SST's `Runtime.Build`. */
export const Build = z.object({
  /** Logical name of the function resource that runs this bundle. */
  functionID: z.string(),
  /** `path/to/file.export`, relative to the project's root. */
  handler: z.string(),
  runtime: z.string(),
  /** The component's `nodejs` option, verbatim. */
  nodejs: z.record(z.string(), z.unknown()).optional(),
  /** The component's `copyFiles` option: files to copy into the bundle's folder. */
  copyFiles: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  /** The properties of the resources linked to the function, by link name. */
  links: z.record(z.string(), z.record(z.string(), z.unknown())),
});
export type Build = z.infer<typeof Build>;

/** The statements that links grant to functions (`include: [sst.aws.permission(…)]`), by link name. */
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

/** One stage of an app: everything that `sst deploy` would create. */
export const Graph = z.object({
  app: z.string(),
  stage: z.string(),
  region: z.string(),
  /** The files from which the graph was computed, relative to the project's root, and one hash of all. */
  inputs: z.object({ hash: z.string(), files: z.array(z.string()) }),
  resources: z.array(Resource),
  builds: z.array(Build),
  /** The properties of all linkable resources, by name, as `sst shell` passes them to a command. */
  links: z.record(z.string(), z.record(z.string(), z.unknown())),
  grants: Grants.default({}),
  /** The return value of `run()` in sst.config.ts, which SST prints after a deployment. */
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type Graph = z.infer<typeof Graph>;

/** Returns the AWS account id in the app's ARNs; an empty string if no ARN contains one. */
export function findAccountId({ resources }: Graph): string {
  const ids = resources.map(
    ({ state }) => /^arn:aws[\w-]*:[^:]*:[^:]*:(\d{12}):/.exec(String(state.arn))?.[1],
  );
  return ids.find((id) => id !== undefined) ?? "";
}

/**
 * Returns the resources of a type, with their state parsed.
 *
 * @param schema describes the used part of the state
 * @throws {z.ZodError} A state does not match the schema.
 */
export function readStates<State>(
  graph: Graph,
  type: string,
  schema: z.ZodType<State>,
): { name: string; id: string; state: State }[] {
  return graph.resources
    .filter((resource) => resource.type === type)
    .map(({ name, id, state }) => ({ name, id, state: schema.parse(state) }));
}
