import type { ArchitectureEdge } from "../../runtime/panel.ts";
import type { DrawnNode } from "../page-data.ts";

/** A node with its place: column by what reaches it; row within that, in heights of a node. */
export interface PlacedNode extends DrawnNode {
  column: number;
  row: number;
}

/** The functions that one API invokes and nothing else does, drawn in a frame. */
export interface Group {
  id: string;
  members: Set<string>;
}

export interface Layout {
  nodes: PlacedNode[];
  groups: Group[];
  /** Where an edge leads to every member of a group, one edge to the group stands for all. */
  edges: ArchitectureEdge[];
}

/** Fewer functions need no frame. */
const MIN_MEMBERS = 3;
/** Room between a group and the other nodes of its column, in heights of a node. */
const GROUP_GAP = 0.6;
/** How often rows are put in the order of those that lead to them. */
const SWEEPS = 4;

/**
 * Places nodes in columns: what nothing leads to first, then what that leads to, and so on; within a
 * column near to what leads there, the members of a group together. What is in a circle stays where
 * it was reached first.
 */
export function computeLayout(nodes: DrawnNode[], edges: ArchitectureEdge[]): Layout {
  const groups = findGroups(nodes, edges);
  const columns = assignColumns(nodes, edges);
  const placed = nodes.map((node) => ({ ...node, column: columns.get(node.id) ?? 0, row: 0 }));
  const byColumn = Map.groupBy(placed, ({ column }) => column);
  const byId = new Map(placed.map((node) => [node.id, node]));
  const groupOf = ({ id }: PlacedNode) => groups.find(({ members }) => members.has(id));
  for (const some of byColumn.values()) assignRows(some, groupOf);

  const neighbours = (node: PlacedNode) =>
    edges
      .filter(({ from, to }) => from === node.id || to === node.id)
      .map(({ from, to }) => byId.get(from === node.id ? to : from) as PlacedNode)
      .filter(({ column }) => column !== node.column);
  const height = (node: PlacedNode) => (node.row + 0.5) / (byColumn.get(node.column)?.length ?? 1);
  const computeBarycenter = (node: PlacedNode) =>
    average(neighbours(node).map(height)) ?? height(node);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const some of byColumn.values()) {
      const barycenters = new Map(some.map((node) => [node, computeBarycenter(node)]));
      const barycenterOf = (node: PlacedNode) => barycenters.get(node) as number;
      const members = Map.groupBy(some, (node) => groupOf(node)?.id ?? node.id);
      const parts = [...members.values()].map((part) =>
        part.sort((a, b) => barycenterOf(a) - barycenterOf(b)),
      );
      const barycenterOfPart = (part: PlacedNode[]) => average(part.map(barycenterOf)) as number;
      assignRows(parts.sort((a, b) => barycenterOfPart(a) - barycenterOfPart(b)).flat(), groupOf);
    }
  }
  return { nodes: placed, groups, edges: mergeGroupEdges(edges, groups) };
}

/** Gives the nodes of a column their rows, in this order. */
function assignRows(nodes: PlacedNode[], groupOf: (node: PlacedNode) => Group | undefined): void {
  let row = 0;
  for (const [index, node] of nodes.entries()) {
    const previous = nodes[index - 1];
    if (previous && groupOf(previous) !== groupOf(node)) row += GROUP_GAP;
    node.row = row;
    row += 1;
  }
}

function findGroups(nodes: DrawnNode[], edges: ArchitectureEdge[]): Group[] {
  const invoking = edges.filter(({ kind }) => kind === "route" || kind === "source");
  const invokers = Map.groupBy(invoking, ({ to }) => to);
  return nodes
    .filter(({ kind }) => kind === "api")
    .map(({ id }) => ({
      id: `functions of ${id}`,
      members: new Set(
        invoking
          .filter(({ from, to }) => from === id && invokers.get(to)?.length === 1)
          .map(({ to }) => to),
      ),
    }))
    .filter(({ members }) => members.size >= MIN_MEMBERS);
}

function mergeGroupEdges(edges: ArchitectureEdge[], groups: Group[]): ArchitectureEdge[] {
  return groups.reduce((drawn, { id, members }) => {
    const rest: ArchitectureEdge[] = [];
    for (const alike of Map.groupBy(drawn, ({ from, kind }) => `${kind} ${from}`).values()) {
      const [first] = alike as [ArchitectureEdge];
      const within = alike.filter(({ to }) => members.has(to));
      // A warmer, for example, invokes all of them.
      const leadsToAll = within.length === members.size && !members.has(first.from);
      rest.push(...(leadsToAll ? alike.filter(({ to }) => !members.has(to)) : alike));
      if (leadsToAll) rest.push({ ...first, to: id });
    }
    return rest;
  }, edges);
}

function average(numbers: number[]): number | undefined {
  if (numbers.length === 0) return undefined;
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function assignColumns(nodes: DrawnNode[], edges: ArchitectureEdge[]): Map<string, number> {
  const reached = new Set(edges.map(({ to }) => to));
  const columns = new Map<string, number>();
  let some = nodes.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
  // All of it is a circle.
  if (some.length === 0) some = nodes.slice(0, 1).map(({ id }) => id);
  for (let column = 0; some.length > 0; column++) {
    for (const id of some) columns.set(id, column);
    some = [...new Set(edges.filter(({ from }) => some.includes(from)).map(({ to }) => to))].filter(
      (id) => !columns.has(id),
    );
  }
  return columns;
}
