import type { ServiceApi } from "@petstore/offline/runtime/endpoint/api";
import {
  type Endpoint,
  type EndpointOptions,
  startEndpoint,
} from "@petstore/offline/runtime/endpoint/endpoint";
import { onTestFinished } from "vitest";

/** Options of an endpoint that authorizes every call, with an example account. */
export const withoutIam = {
  authorize: async () => undefined,
  home: { region: "eu-central-1", accountId: "123456789012" },
};

/** Starts an endpoint with services. */
export async function startEndpointWith(
  services: ServiceApi[],
  options: Partial<EndpointOptions> = {},
): Promise<Endpoint> {
  const endpoint = await startEndpoint({
    ...{ callers: ["Caller"], log: () => {} },
    ...withoutIam,
    ...options,
  });
  for (const service of services) endpoint.add(service);
  return endpoint;
}

/** Starts an endpoint with one service and `Caller` as its only caller, until the test ends. */
export async function startServiceEndpoint(service: ServiceApi): Promise<Endpoint> {
  const endpoint = await startEndpointWith([service]);
  onTestFinished(() => endpoint.close());
  return endpoint;
}

/** Returns the configuration of an SDK client that calls the endpoint as `Caller`. */
export const asCaller = (endpoint: Pick<Endpoint, "url" | "credentials">) => ({
  endpoint: endpoint.url,
  region: "eu-central-1",
  credentials: endpoint.credentials("Caller"),
  maxAttempts: 1,
});
