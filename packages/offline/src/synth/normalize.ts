import { isDeepStrictEqual } from "node:util";
import type { Graph } from "../graph/graph.ts";
import type { Recording } from "./record.ts";

/**
 * Converts a recording to a graph that is the same on every run and every machine: resources, builds and
 * keys are sorted, assets (paths of local files) and unset values are omitted, and paths are relative to
 * the project.
 */
export function toGraph(recording: Recording, inputs: Graph["inputs"], root: string): Graph {
  const { app, stage, region, resources, builds, links, grants, outputs } = recording;
  return {
    app,
    stage,
    region,
    inputs,
    resources: resources
      .map((resource) => ({
        ...resource,
        state: normalizeValue(resource.state, root) as typeof resource.state,
      }))
      .sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name)),
    builds: builds
      .map((build) => normalizeValue(build, root) as typeof build)
      .sort((a, b) => compare(a.functionID, b.functionID)),
    links: normalizeValue(links, root) as typeof links,
    grants: normalizeValue(grants, root) as typeof grants,
    ...(outputs && { outputs: normalizeValue(outputs, root) as typeof outputs }),
  };
}

function normalizeValue(value: unknown, root: string): unknown {
  if (typeof value === "string") return value.replaceAll(`${root}/`, "");
  if (Array.isArray(value)) return value.map((item) => normalizeValue(item, root));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== undefined && item !== null && !isAsset(key, item))
      .sort(([a], [b]) => compare(a, b))
      .map(([key, item]) => [key, normalizeValue(item, root)]),
  );
}

/** Returns whether a value is a file to upload, or the code of one of Pulumi's dynamic providers. */
function isAsset(key: string, value: unknown): boolean {
  if (key === "__provider") return true;
  return (
    typeof value === "object" &&
    value !== null &&
    ("__pulumiAsset" in value || "__pulumiArchive" in value)
  );
}

/** Compares by code unit, independent of the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lists the differences between two graphs, one resource per line: `+` added, `-` removed, `~` changed. */
export function listChanges(before: Graph | undefined, after: Graph): string[] {
  const old = byName(before);
  const now = byName(after);
  const lines: string[] = [];
  for (const [name, item] of now) {
    if (!old.has(name)) lines.push(`+ ${name}`);
    else if (!isDeepStrictEqual(old.get(name), item)) lines.push(`~ ${name}`);
  }
  for (const name of old.keys()) if (!now.has(name)) lines.push(`- ${name}`);
  return lines;
}

function byName(graph: Graph | undefined): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const resource of graph?.resources ?? []) {
    items.set(`${resource.type} ${resource.name}`, resource);
  }
  for (const build of graph?.builds ?? []) items.set(`bundle of ${build.functionID}`, build);
  return items;
}
