import type { ArchitectureEdge, ArchitectureNode } from "../model.ts";

/** A node with its place: column by what reaches it, row within that. */
export interface Placed extends ArchitectureNode {
  column: number;
  row: number;
}

/** How often rows are put in the order of those that lead to them. */
const SWEEPS = 4;

/**
 * Places nodes in columns: what nothing leads to first, then what that leads to, and so on; within a
 * column near to what leads there. What is in a circle stays where it was reached first.
 */
export function layOut(nodes: ArchitectureNode[], edges: ArchitectureEdge[]): Placed[] {
  const columns = columnsOf(nodes, edges);
  const placed = nodes.map((node) => ({ ...node, column: columns.get(node.id) ?? 0, row: 0 }));
  const byColumn = Map.groupBy(placed, ({ column }) => column);
  const byId = new Map(placed.map((node) => [node.id, node]));
  const number = (some: Placed[]) => {
    for (const [row, node] of some.entries()) node.row = row;
  };
  for (const some of byColumn.values()) number(some);

  const neighbours = (node: Placed) =>
    edges
      .filter(({ from, to }) => from === node.id || to === node.id)
      .map(({ from, to }) => byId.get(from === node.id ? to : from) as Placed)
      .filter(({ column }) => column !== node.column);
  const height = (node: Placed) => (node.row + 0.5) / (byColumn.get(node.column)?.length ?? 1);
  const wish = (node: Placed) => {
    const near = neighbours(node).map(height);
    return near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : height(node);
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const some of byColumn.values()) {
      const wishes = new Map(some.map((node) => [node, wish(node)]));
      number(some.sort((a, b) => (wishes.get(a) as number) - (wishes.get(b) as number)));
    }
  }
  return placed;
}

function columnsOf(nodes: ArchitectureNode[], edges: ArchitectureEdge[]): Map<string, number> {
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
