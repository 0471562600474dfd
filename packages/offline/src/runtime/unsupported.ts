import type { Graph } from "../graph/graph.ts";
import type { ResourceType, Service } from "./service.ts";

/** Resources that do not run offline, by Pulumi type. */
export interface UnsupportedResources {
  type: string;
  names: string[];
}

/** Returns the resources of the app that no service supports offline. */
export function findUnsupported(
  graph: Graph,
  services: readonly Service[],
): UnsupportedResources[] {
  const resourceTypes: Record<string, ResourceType> = Object.assign(
    {},
    ...services.map((service) => service.resourceTypes),
  );
  const unsupported = graph.resources.filter((resource) => {
    const type = resourceTypes[resource.type];
    const { isSupported = true } = type ?? { isSupported: false };
    return !(typeof isSupported === "function" ? isSupported(resource, graph) : isSupported);
  });
  return [...Map.groupBy(unsupported, ({ type }) => type)].map(([type, resources]) => ({
    type,
    names: resources.map(({ name }) => name),
  }));
}
