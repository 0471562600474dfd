import { randomUUID } from "node:crypto";
import type { Endpoint } from "./endpoint/endpoint.ts";
import type { InvocationSource, Invoke } from "./invocation.ts";
import { replaceUrls, withLocalUrls } from "./local-urls.ts";
import type { Provided, RunningService, ServiceContext } from "./service.ts";

/** The running services, and what they offer to each other. */
export interface Registry {
  /** By name. */
  running: Map<string, RunningService>;
  provided: Provided;
  /** Local URLs, by the URLs on AWS that they replace. */
  localUrls: Record<string, string>;
}

const notFound = (functionArn: string) => ({
  errorType: "ResourceNotFoundException",
  errorMessage: `Function not found: ${functionArn}`,
});

/** Creates a registry without services: no function can be invoked, and every call is allowed. */
export const createRegistry = (): Registry => ({
  running: new Map(),
  provided: {
    invoke: async (functionArn) => ({ kind: "error", ...notFound(functionArn) }),
    invokeAsync(functionArn) {
      const { errorType: name, errorMessage } = notFound(functionArn);
      throw Object.assign(new Error(errorMessage), { name });
    },
    authorize: async () => undefined,
    failedBatchesAt: () => undefined,
    traces: { trace: () => undefined, recent: () => [], subscribe: () => () => {} },
  },
  localUrls: {},
});

/** The members of a context that do not depend on other services. */
type Facts = Omit<
  ServiceContext,
  | "resources"
  | "ports"
  | "endpointUrl"
  | "invokerFor"
  | "invokeAsync"
  | "findEventSource"
  | "sendTo"
  | "failedBatchesAt"
  | "environmentOf"
  | "toLocalUrl"
>;

/** Creates what the runtime passes to every service. Services are looked up when they are needed. */
export function createContext(
  facts: Facts,
  { running, provided, localUrls }: Registry,
  endpoint: Endpoint,
): Omit<ServiceContext, "resources" | "ports"> {
  const findService = (arn: string) => running.get(arn.split(":")[2] ?? "");

  const invokerFor =
    (source: InvocationSource): Invoke =>
    async (functionArn, payload, { requestId = randomUUID(), ...options } = {}) => {
      facts.events.emit("invoked", { requestId, source, payload });
      const result = await provided.invoke(functionArn, payload, { requestId, ...options });
      facts.events.emit("returned", requestId);
      return result;
    };

  return {
    ...facts,
    endpointUrl: endpoint.url,
    invokerFor,
    invokeAsync: (...invocation) => provided.invokeAsync(...invocation),
    failedBatchesAt: (arn) => provided.failedBatchesAt(arn),
    findEventSource: (arn) => findService(arn)?.findEventSource?.(arn),
    async sendTo(arn, body, attributes = {}) {
      const service = findService(arn);
      if (!service?.deliver) throw new Error(`${arn} is not supported offline.`);
      await service.deliver(arn, body, attributes);
    },
    environmentOf(functionName, environment) {
      const { accessKeyId, secretAccessKey } = endpoint.credentials(functionName);
      return {
        ...withLocalUrls(localUrls, environment),
        ...Object.assign({}, ...[...running.values()].map((service) => service.environment)),
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
    },
    toLocalUrl: (url) => replaceUrls(localUrls, url),
  };
}
