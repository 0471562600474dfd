import type { Architecture, ArchitectureEdge } from "../runtime/panel.ts";

/**
 * Joins the services' parts of the architecture, and adds the edges from functions to the resources that
 * they use. A function uses a resource if its configuration contains one of the resource's references,
 * such as the name of a table.
 */
export function joinArchitecture(parts: Architecture[]): Architecture {
  const nodes = parts.flatMap((part) => part.nodes);
  const uses = nodes.flatMap(({ id, configuration }) =>
    configuration === undefined
      ? []
      : nodes
          .filter(({ references = [] }) => references.some((text) => configuration.includes(text)))
          .map((resource) => ({ from: id, to: resource.id, kind: "call" as const })),
  );
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = [...parts.flatMap((part) => part.edges), ...uses].filter(
    ({ from, to }) => ids.has(from) && ids.has(to),
  );
  return { nodes, edges: removeDuplicates(edges) };
}

const removeDuplicates = (edges: ArchitectureEdge[]) => [
  ...new Map(edges.map((edge) => [`${edge.from} ${edge.to} ${edge.kind}`, edge])).values(),
];
