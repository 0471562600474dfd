import { createHash } from "node:crypto";
import type { ResourceType } from "../runtime/service.ts";
import { services } from "../services/index.ts";

/** The account of all offline ARNs: the one in the examples of AWS's documentation. */
export const accountId = "123456789012";

const resourceTypes: Record<string, ResourceType> = Object.assign(
  {},
  ...services.map((service) => service.resourceTypes),
);

export interface Declared {
  /** Pulumi type token. */
  type: string;
  /** Logical name. */
  name: string;
  /** Resolved inputs. */
  inputs: Record<string, unknown>;
  region: string;
}

/** Returns the id and the state of a resource as its provider would report them after creation. */
export function createResource(declared: Declared): {
  id: string;
  state: Record<string, unknown>;
} {
  const { type, name, inputs, region } = declared;
  const physicalName = typeof inputs.name === "string" && inputs.name ? inputs.name : name;
  const longUid = createHash("sha256").update(`${type} ${name}`).digest("hex");
  const { id = physicalName, ...outputs } =
    resourceTypes[type]?.outputs?.({
      ...{ inputs, region, accountId, physicalName, longUid },
      uid: longUid.slice(0, 10),
      input: (key) => String(inputs[key]),
      arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    }) ?? {};
  // Pulumi generates a name for a resource without one; every resource with an ARN has a name.
  return { id, state: { ...("arn" in outputs && { name: physicalName }), ...inputs, ...outputs } };
}
