import { type Endpoint, startEndpoint } from "@petstore/offline/runtime/endpoint/endpoint";
import type { Service } from "@petstore/offline/runtime/endpoint/service";
import { onTestFinished } from "vitest";

/** An IAM that lets everybody do everything, in an account that is nobody's. */
export const withoutIam = {
  access: { check: async () => undefined },
  home: { region: "eu-central-1", accountId: "123456789012" },
};

/** The front door before one service, with `Caller` as its only caller, until the test ends. */
export async function frontDoor(service: Service): Promise<Endpoint> {
  const endpoint = await startEndpoint({
    callers: ["Caller"],
    services: [service],
    ...withoutIam,
    log: () => {},
  });
  onTestFinished(() => endpoint.close());
  return endpoint;
}

/** What an SDK client needs to come to the front door as `Caller`. */
export const asCaller = (endpoint: Pick<Endpoint, "url" | "credentials">) => ({
  endpoint: endpoint.url,
  region: "eu-central-1",
  credentials: endpoint.credentials("Caller"),
  maxAttempts: 1,
});
