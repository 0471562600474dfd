import type { Subsegment, Trace, TraceReader } from "@petstore/offline/runtime/traces";

/** A segment or subsegment in its trace. */
export interface Hop {
  name: string;
  parent: Hop | undefined;
  document: Subsegment;
}

/** Returns all hops of a trace, and those without a parent. */
export function hopsOf(trace: Trace): { hops: Hop[]; roots: Hop[] } {
  const byId = new Map<string, Hop & { parentId: string | undefined }>();
  const add = (document: Subsegment, parentId: string | undefined) => {
    const { id, name, aws } = document as Subsegment & { aws?: { operation?: string } };
    const named = aws?.operation ? `${name} ${aws.operation}` : name;
    byId.set(id, { name: named, parent: undefined, document, parentId });
    for (const below of document.subsegments ?? []) add(below, id);
  };
  for (const segment of trace.segments) add(segment, segment.parent_id);
  for (const hop of byId.values()) hop.parent = byId.get(hop.parentId ?? "");
  const hops = [...byId.values()];
  return { hops, roots: hops.filter(({ parent }) => !parent) };
}

/** Returns the hops from the root to a hop. */
export function wayTo(hop: Hop): string[] {
  return [...(hop.parent ? wayTo(hop.parent) : []), hop.name];
}

/** Resolves with the first trace that matches. */
export function traceLike(traces: TraceReader, like: (trace: Trace) => boolean): Promise<Trace> {
  const found = traces.recent().find(like);
  if (found) return Promise.resolve(found);
  return new Promise((resolve) => {
    const stop = traces.subscribe((trace) => {
      if (!like(trace)) return;
      stop();
      resolve(trace);
    });
  });
}
