import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { findAccountId, type Graph } from "../graph/graph.ts";
import type { State } from "../state/state.ts";
import { fullDiskOf } from "../state/state-file.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import type { Authorize } from "./authorization.ts";
import { createContext, createRegistry, type Registry } from "./context.ts";
import { startEndpoint } from "./endpoint/endpoint.ts";
import { publishEndpoint } from "./endpoint-file.ts";
import type { RuntimeEvents } from "./events.ts";
import { type History, recordHistory } from "./history/history.ts";
import type { Architecture, Panel } from "./panel.ts";
import type { Closable, RunningService, Service, ServiceContext } from "./service.ts";
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
  /** Called with the reason when the runtime cannot continue. */
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
  const cleanup = new AsyncDisposableStack();
  let hasFailed = false;
  const log = (line: string) => {
    // Invocations that a failed start interrupts would hide the reason.
    if (!hasFailed) options.log(line);
  };
  try {
    return await startServices({ ...options, log }, cleanup);
  } catch (error) {
    hasFailed = true;
    await Promise.race([cleanup.disposeAsync().catch(() => {}), sleep(CLOSE_TIMEOUT_MS)]);
    throw error;
  }
}

async function startServices(
  options: RuntimeOptions,
  cleanup: AsyncDisposableStack,
): Promise<Runtime> {
  const { graph, projectRoot, state, settings, log, onFailure: fail } = options;
  const { clock = systemClock, events = new EventEmitter() } = options;
  const used = findUsedServices(options.services, graph);
  const ports = assignPorts(used, options.port);
  const principals = used.flatMap(
    ({ service, resources }) => service.principals?.(resources) ?? [],
  );
  const functions = used.flatMap(({ service, resources }) => service.functions?.(resources) ?? []);
  const accountId = findAccountId(graph);
  const history = recordHistory(events, clock);
  const registry = createRegistry();
  const authorize: Authorize = async (caller, permissions) =>
    caller === OPERATOR ? undefined : registry.provided.authorize(caller, permissions);

  // It starts first, so that it is closed last: functions call it until they end.
  const endpoint = await startEndpoint({
    callers: [OPERATOR, ...principals.map(({ name }) => name)],
    authorize,
    home: { region: graph.region, accountId },
    onCall(call) {
      events.emit("called", call);
      const panel = registry.running.get(call.service)?.panel;
      if (panel) events.emit("changed", panel.id);
      const fullDisk = call.status >= 500 ? fullDiskOf(state.directory) : undefined;
      if (fullDisk) fail(fullDisk);
    },
    log,
  });
  closeAtEnd(cleanup, endpoint);

  const facts = { graph, accountId, projectRoot, state, clock, events, history, settings };
  const context = createContext(
    { ...facts, principals, functions, authorize, log, fail },
    registry,
    endpoint,
  );
  await startAll(used, registry, cleanup, ({ service, resources }) =>
    service.start({ ...context, resources, ports: ports.get(service.name) ?? [] }),
  );
  const services = [...registry.running.values()];
  for (const { api } of services) if (api) endpoint.add(api);
  await runAll(services, registry, cleanup);

  const { localUrls, provided } = registry;
  const appUrls = services.flatMap((service) => service.appUrls ?? []);
  const credentials = endpoint.credentials(OPERATOR);
  const file = { url: endpoint.url, ...credentials, appUrls, localUrls };
  closeAtEnd(cleanup, publishEndpoint(state.directory, file));

  return {
    app: graph.app,
    stage: graph.stage,
    appUrls,
    localUrls,
    events,
    history,
    traces: provided.traces,
    panels: services.flatMap(({ panel }) => panel ?? []),
    architectures: () => services.flatMap((service) => service.architecture?.() ?? []),
    describe: () => services.flatMap((service) => service.describe?.() ?? []),
    nextPort: options.port && options.port + [...ports.values()].flat().length,
    close: () => cleanup.disposeAsync(),
  };
}

/** A service that the app uses, with its resources. */
interface UsedService {
  service: Service & Required<Pick<Service, "start">>;
  resources: unknown;
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

/**
 * Starts services at the same time, and registers them in their order.
 *
 * @throws what the first service that cannot start throws; those that started are in `cleanup`
 */
async function startAll(
  used: UsedService[],
  { running, provided }: Registry,
  cleanup: AsyncDisposableStack,
  start: (service: UsedService) => Promise<RunningService>,
): Promise<void> {
  const starts = await Promise.allSettled(used.map(start));
  for (const [index, { service }] of used.entries()) {
    const result = starts[index] as PromiseSettledResult<RunningService>;
    if (result.status === "rejected") continue;
    running.set(service.name, result.value);
    Object.assign(provided, result.value.provides);
    closeAtEnd(cleanup, result.value);
  }
  const failed = starts.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** Lets services start the work that no call triggers, one after the other. */
async function runAll(
  services: RunningService[],
  { localUrls }: Registry,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const updateLocalUrls = () =>
    Object.assign(localUrls, ...services.map((service) => service.localUrls));
  updateLocalUrls();
  for (const service of services) {
    if (!service.run) continue;
    closeAtEnd(cleanup, await service.run());
    updateLocalUrls();
  }
}

function closeAtEnd(cleanup: AsyncDisposableStack, part: Closable): void {
  cleanup.defer(() => part.close());
}
