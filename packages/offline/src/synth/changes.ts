import { isDeepStrictEqual } from "node:util";
import type { Graph } from "../graph/graph.ts";

/** What differs between two graphs of a stage, a resource a line: `+` added, `-` removed, `~` changed. */
export function changes(before: Graph | undefined, after: Graph): string[] {
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
