import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { findAccountId, type Graph } from "../graph/graph.ts";
import type { State } from "../state/state.ts";
import { fullDiskOf } from "../state/state-file.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import type { Authorize } from "./authorization.ts";
import { startEndpoint } from "./endpoint/endpoint.ts";
import { publishEndpoint } from "./endpoint-file.ts";
import type { RuntimeEvents } from "./events.ts";
import { type History, recordHistory } from "./history/history.ts";
import type { InvocationSource, Invoke } from "./invocation.ts";
import { replaceUrls, withLocalUrls } from "./local-urls.ts";
import type { Architecture, Panel } from "./panel.ts";
import type { Closable, Provided, RunningService, Service, ServiceContext } from "./service.ts";
import type { TraceReader } from "./traces.ts";

/** The user at the terminal, as a caller of the endpoint. The operator may do everything. */
const OPERATOR = "operator";

/** Milliseconds that parts have to close after a failed start. */
const CLOSE_TIMEOUT_MS = 1_500;

export interface RuntimeOptions {
  graph: Graph;
  /** The services that the runtime supports; those that the app does not use are not started. */
  services: readonly Service[];
  /** Absolute path of the project. */
  projectRoot: string;
  state: State;
  /** The first port for users' clients; the next ones follow. 0 takes any free ports. */
  port: number;
  settings: ServiceContext["settings"];
  events?: EventEmitter<RuntimeEvents>;
  clock?: Clock;
  log: (line: string) => void;
  /** The runtime cannot go on: called with a sentence that says why. */
  onFailure: (reason: string) => void;
}

/** What the console shows of the runtime. */
export interface ConsoleSource {
  /** Name of the app. */
  app: string;
  stage: string;
  /** Base URLs of the APIs. */
  appUrls: string[];
  panels: Panel[];
  /** Returns the services' parts of the architecture. */
  architectures(): (Architecture | Promise<Architecture>)[];
  traces: TraceReader;
  events: EventEmitter<RuntimeEvents>;
  history: History;
}

export interface Runtime extends ConsoleSource {
  /** Local URLs, by the URLs on AWS that they replace. */
  localUrls: Record<string, string>;
  /** Lines for the user about the services. */
  describe(): string[];
  /** The first port after those of the services, or 0. */
  nextPort: number;
  /** Closes all services: first what takes requests, then what serves them. */
  close(): Promise<void>;
}

/**
 * Starts the services that an app uses, and the AWS endpoint through which its functions call them.
 *
 * @throws {UserError} a service cannot start; those that started are closed
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const started = new AsyncDisposableStack();
  let hasFailed = false;
  const log = (line: string) => {
    // Invocations that a failed start interrupts would hide the reason.
    if (!hasFailed) options.log(line);
  };
  try {
    return await startServices({ ...options, log }, started);
  } catch (error) {
    hasFailed = true;
    await Promise.race([started.disposeAsync().catch(() => {}), sleep(CLOSE_TIMEOUT_MS)]);
    throw error;
  }
}

/** A service that the app uses, with its resources. */
interface UsedService {
  service: Service & Required<Pick<Service, "start">>;
  resources: unknown;
}

async function startServices(
  options: RuntimeOptions,
  started: AsyncDisposableStack,
): Promise<Runtime> {
  const { graph, projectRoot, state, settings, log, onFailure: fail } = options;
  const { clock = systemClock, events = new EventEmitter() } = options;
  const closeAtEnd = <Part extends Closable>(part: Part): Part =>
    started.adopt(part, () => part.close());

  const used = findUsedServices(options.services, graph);
  const principals = used.flatMap(
    ({ service, resources }) => service.principals?.(resources) ?? [],
  );
  const functions = used.flatMap(({ service, resources }) => service.functions?.(resources) ?? []);
  const accountId = findAccountId(graph);
  const history = recordHistory(events, clock);
  const running = new Map<string, RunningService>();
  const localUrls: Record<string, string> = {};
  const provided: Provided = {
    invoke: async () => ({ kind: "error", errorType: "NotFound", errorMessage: "No functions" }),
    invokeAsync: () => {},
    authorize: async () => undefined,
    failedBatchesAt: () => undefined,
    traces: { trace: () => undefined, recent: () => [], subscribe: () => () => {} },
  };
  const authorize: Authorize = async (caller, permissions) =>
    caller === OPERATOR ? undefined : provided.authorize(caller, permissions);
  const endpoint = closeAtEnd(
    await startEndpoint({
      callers: [OPERATOR, ...principals.map(({ name }) => name)],
      authorize,
      home: { region: graph.region, accountId },
      onCall(call) {
        events.emit("called", call);
        const panel = running.get(call.service)?.panel;
        if (panel) events.emit("changed", panel.id);
        const fullDisk = call.status >= 500 ? fullDiskOf(state.directory) : undefined;
        if (fullDisk) fail(fullDisk);
      },
      log,
    }),
  );

  const invokerFor =
    (source: InvocationSource): Invoke =>
    async (functionArn, payload, { requestId = randomUUID(), ...rest } = {}) => {
      events.emit("invoked", { requestId, source, payload });
      const result = await provided.invoke(functionArn, payload, { requestId, ...rest });
      events.emit("returned", requestId);
      return result;
    };
  const runningServiceOf = (arn: string) => running.get(arn.split(":")[2] ?? "");
  const context: Omit<ServiceContext, "resources" | "ports"> = {
    ...{ graph, accountId, projectRoot, state, clock, events, history, settings },
    ...{ principals, functions, log, fail, authorize, invokerFor },
    endpointUrl: endpoint.url,
    invokeAsync: (...invocation) => provided.invokeAsync(...invocation),
    failedBatchesAt: (arn) => provided.failedBatchesAt(arn),
    findEventSource: (arn) => runningServiceOf(arn)?.findEventSource?.(arn),
    async sendTo(arn, body, attributes = {}) {
      const service = runningServiceOf(arn);
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

  const ports = assignPorts(used, options.port);
  const starts = await Promise.allSettled(
    used.map(({ service, resources }) =>
      service.start({ ...context, resources, ports: ports.get(service.name) ?? [] }),
    ),
  );
  for (const [index, { service }] of used.entries()) {
    const start = starts[index] as PromiseSettledResult<RunningService>;
    if (start.status === "rejected") continue;
    running.set(service.name, closeAtEnd(start.value));
  }
  const failed = starts.find((start) => start.status === "rejected");
  if (failed) throw failed.reason;
  const all = [...running.values()];
  for (const { api, provides } of all) {
    if (api) endpoint.add(api);
    Object.assign(provided, provides);
  }
  const updateLocalUrls = () =>
    Object.assign(localUrls, ...all.map((service) => service.localUrls));
  updateLocalUrls();
  for (const service of all) {
    if (!service.run) continue;
    closeAtEnd(await service.run());
    updateLocalUrls();
  }

  const appUrls = all.flatMap((service) => service.appUrls ?? []);
  closeAtEnd(
    publishEndpoint(state.directory, {
      url: endpoint.url,
      ...endpoint.credentials(OPERATOR),
      appUrls,
      localUrls,
    }),
  );

  return {
    ...{ app: graph.app, stage: graph.stage, appUrls, events, history, localUrls },
    panels: all.flatMap(({ panel }) => panel ?? []),
    architectures: () => all.flatMap((service) => service.architecture?.() ?? []),
    traces: provided.traces,
    describe: () => all.flatMap((service) => service.describe?.() ?? []),
    nextPort: options.port && options.port + [...ports.values()].flat().length,
    close: () => started.disposeAsync(),
  };
}

function findUsedServices(services: readonly Service[], graph: Graph): UsedService[] {
  return services.flatMap((service) => {
    const resources = service.readResources?.(graph);
    return resources !== undefined && service.start
      ? [{ service: service as UsedService["service"], resources }]
      : [];
  });
}

/** Assigns consecutive ports to the services, in their order. */
function assignPorts(used: UsedService[], firstPort: number): Map<string, number[]> {
  let next = firstPort;
  return new Map(
    used.map(({ service, resources }) => {
      const count = service.countPorts?.(resources) ?? 0;
      const ports = Array.from({ length: count }, () => (firstPort === 0 ? 0 : next++));
      return [service.name, ports];
    }),
  );
}
