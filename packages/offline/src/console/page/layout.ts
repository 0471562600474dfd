import type { ArchitectureEdge } from "../../runtime/panel.ts";
import type { DrawnNode } from "../page-data.ts";

/** A node with its column, and its row in units of a node's height. */
export interface PlacedNode extends DrawnNode {
  column: number;
  row: number;
}

/** The functions that only one API invokes. They are drawn in a frame. */
export interface Group {
  id: string;
  members: Set<string>;
}

export interface Layout {
  nodes: PlacedNode[];
  groups: Group[];
  /** Edges from one node to all members of a group are replaced by one edge to the group. */
  edges: ArchitectureEdge[];
}

/** Smaller groups get no frame. */
const MIN_MEMBERS = 3;
/** Space between a group and the other nodes of its column, in units of a node's height. */
const GROUP_GAP = 0.6;
/** Iterations of ordering the rows by barycenters. */
const SWEEPS = 4;

/**
 * Computes a layered layout. Nodes without incoming edges are in the first column, the nodes that their
 * edges lead to in the second, and so on; a node in a cycle stays in the first column in which it is
 * reached. Within a column, nodes are ordered by the barycenters of their neighbours, with the members of
 * a group together.
 * https://en.wikipedia.org/wiki/Layered_graph_drawing
 */
export function computeLayout(nodes: DrawnNode[], edges: ArchitectureEdge[]): Layout {
  const groups = findGroups(nodes, edges);
  const columns = assignColumns(nodes, edges);
  const placed = nodes.map((node) => ({ ...node, column: columns.get(node.id) ?? 0, row: 0 }));
  const byColumn = Map.groupBy(placed, ({ column }) => column);
  const byId = new Map(placed.map((node) => [node.id, node]));
  const groupOf = ({ id }: PlacedNode) => groups.find(({ members }) => members.has(id));
  for (const column of byColumn.values()) assignRows(column, groupOf);

  const neighbours = (node: PlacedNode) =>
    edges
      .filter(({ from, to }) => from === node.id || to === node.id)
      .map(({ from, to }) => byId.get(from === node.id ? to : from) as PlacedNode)
      .filter(({ column }) => column !== node.column);
  const relativeHeight = (node: PlacedNode) =>
    (node.row + 0.5) / (byColumn.get(node.column)?.length ?? 1);
  const computeBarycenter = (node: PlacedNode) =>
    average(neighbours(node).map(relativeHeight)) ?? relativeHeight(node);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of byColumn.values()) {
      const barycenters = new Map(column.map((node) => [node, computeBarycenter(node)]));
      const barycenterOf = (node: PlacedNode) => barycenters.get(node) as number;
      const members = Map.groupBy(column, (node) => groupOf(node)?.id ?? node.id);
      const parts = [...members.values()].map((part) =>
        part.sort((a, b) => barycenterOf(a) - barycenterOf(b)),
      );
      const barycenterOfPart = (part: PlacedNode[]) => average(part.map(barycenterOf)) as number;
      assignRows(parts.sort((a, b) => barycenterOfPart(a) - barycenterOfPart(b)).flat(), groupOf);
    }
  }
  return { nodes: placed, groups, edges: mergeGroupEdges(edges, groups) };
}

/** Assigns rows to the nodes of a column, in this order. */
function assignRows(nodes: PlacedNode[], groupOf: (node: PlacedNode) => Group | undefined): void {
  let row = 0;
  for (const [index, node] of nodes.entries()) {
    const previous = nodes[index - 1];
    if (previous && groupOf(previous) !== groupOf(node)) row += GROUP_GAP;
    node.row = row;
    row += 1;
  }
}

/** Returns a group for each API: the functions that only it invokes. */
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

/** Replaces edges from one node to all members of a group by one edge to the group. */
function mergeGroupEdges(edges: ArchitectureEdge[], groups: Group[]): ArchitectureEdge[] {
  return groups.reduce((drawn, { id, members }) => {
    const others: ArchitectureEdge[] = [];
    for (const similar of Map.groupBy(drawn, ({ from, kind }) => `${kind} ${from}`).values()) {
      const [edge] = similar as [ArchitectureEdge];
      const toMembers = similar.filter(({ to }) => members.has(to));
      // For example the edges of a function that warms all functions of an API.
      const leadsToAll = toMembers.length === members.size && !members.has(edge.from);
      others.push(...(leadsToAll ? similar.filter(({ to }) => !members.has(to)) : similar));
      if (leadsToAll) others.push({ ...edge, to: id });
    }
    return others;
  }, edges);
}

function average(numbers: number[]): number | undefined {
  if (numbers.length === 0) return undefined;
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** Assigns columns by breadth-first search from the nodes without incoming edges. */
function assignColumns(nodes: DrawnNode[], edges: ArchitectureEdge[]): Map<string, number> {
  const reached = new Set(edges.map(({ to }) => to));
  const columns = new Map<string, number>();
  let ids = nodes.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
  // Every node is in a cycle.
  if (ids.length === 0) ids = nodes.slice(0, 1).map(({ id }) => id);
  for (let column = 0; ids.length > 0; column++) {
    for (const id of ids) columns.set(id, column);
    ids = [...new Set(edges.filter(({ from }) => ids.includes(from)).map(({ to }) => to))].filter(
      (id) => !columns.has(id),
    );
  }
  return columns;
}
