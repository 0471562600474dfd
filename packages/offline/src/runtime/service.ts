import type { EventEmitter } from "node:events";
import type { Graph, Resource } from "../graph/graph.ts";
import type { State } from "../state/state.ts";
import type { Clock } from "../util/clock.ts";
import type { Authorize, PrincipalDeclaration } from "./authorization.ts";
import type { ServiceApi } from "./endpoint/api.ts";
import type { EventSource } from "./event-source.ts";
import type { RuntimeEvents } from "./events.ts";
import type { History } from "./history/history.ts";
import type { InvocationSource, Invoke, InvokeAsync, InvokedFunction } from "./invocation.ts";
import type { Architecture, Panel } from "./panel.ts";
import type { TraceReader } from "./traces.ts";

/**
 * Everything that the offline runtime knows about one AWS service. `services/README.md` shows how to
 * add one.
 *
 * @typeParam Resources - what the service reads from the graph
 */
export interface Service<Resources = unknown> {
  /** The service's name in ARNs and SigV4 credential scopes, for example `sqs`. */
  name: string;
  /** The Pulumi resource types that belong to the service. */
  resourceTypes: Record<string, ResourceType>;
  /** Reads the service's resources. Undefined: the app uses none, so the service is not started. */
  readResources?(graph: Graph): Resources | undefined;
  /** Returns the roles' sessions with which the resources call AWS. */
  principals?(resources: Resources): PrincipalDeclaration[];
  /** Returns the functions that other services can invoke. */
  functions?(resources: Resources): InvokedFunction[];
  /** Returns how many ports for users' clients the service needs. Default: none. */
  countPorts?(resources: Resources): number;
  /**
   * Makes the service available to the others. Implementations are imported here, not at the top, so
   * that a service that the app does not use costs nothing.
   *
   * @throws {UserError} the service cannot start
   */
  start?(context: ServiceContext<Resources>): Promise<RunningService>;
}

/** How a resource type is treated. */
export interface ResourceType {
  /**
   * Returns the outputs that a provider computes when it creates the resource. Default: none; a
   * reference to an unknown output fails with the type's name. Sources: the "Outputs" of the resource
   * in the Pulumi AWS reference, and the AWS Service Authorization Reference for ARNs.
   */
  outputs?(resource: DeclaredResource): ComputedOutputs;
  /**
   * Whether the resource needs no warning offline: it is supported, configures something that is, or
   * has no purpose offline. Default: true.
   */
  isSupported?: boolean | ((resource: Resource, graph: Graph) => boolean);
}

/** What a provider adds to the inputs of a resource. Without `id`, the id is the physical name. */
export type ComputedOutputs = { id?: string } & Record<string, unknown>;

/** A declared resource, with short ways to write its outputs. */
export interface DeclaredResource {
  /** Resolved inputs. */
  inputs: Record<string, unknown>;
  region: string;
  accountId: string;
  /** The given name, or the logical name. */
  physicalName: string;
  /** Stable substitute for an identifier that AWS would generate: 10 hexadecimal digits. */
  uid: string;
  /** The same with 64 hexadecimal digits. */
  longUid: string;
  /** Returns an input as text. */
  input(key: string): string;
  /** Returns the ARN of a resource in the app's region and account. */
  arn(service: string, resource: string): string;
}

/** What the runtime passes to a service. Services interact only through this. */
export interface ServiceContext<Resources = unknown> {
  resources: Resources;
  graph: Graph;
  accountId: string;
  /** Absolute path; handlers' paths are relative to it. */
  projectRoot: string;
  state: State;
  clock: Clock;
  events: EventEmitter<RuntimeEvents>;
  history: History;
  /** Options of the command line, by name. */
  settings: { engine?: string | undefined };
  /** Ports for users' clients, as many as `countPorts` returned; 0 stands for any free port. */
  ports: number[];
  /** Base URL of the AWS endpoint that all functions call. */
  endpointUrl: string;
  /** The principals that all services declare. */
  principals: PrincipalDeclaration[];
  /** The functions of the app. */
  functions: InvokedFunction[];
  /** Prints a line for the user. */
  log(line: string): void;
  /** Ends the runtime with a sentence that says why. */
  fail(reason: string): void;
  /** Returns a function that invokes functions on behalf of a source. */
  invokerFor(source: InvocationSource): Invoke;
  invokeAsync: InvokeAsync;
  authorize: Authorize;
  /** Returns the queue or stream with this ARN; undefined if no service here has it. */
  findEventSource(arn: string): EventSource | undefined;
  /**
   * Sends a message to a destination by its ARN, for example to a dead-letter queue.
   *
   * @throws {Error} no service here has it, or it refuses the message
   */
  sendTo(arn: string, body: string, attributes?: Record<string, string>): Promise<void>;
  /** Returns the batches that event source mappings gave up and sent to this destination. */
  failedBatchesAt(destinationArn: string): FailedBatches | undefined;
  /** Returns the environment that a function gets for the offline runtime: endpoint, credentials, URLs. */
  environmentOf(functionName: string, environment: Record<string, string>): Record<string, string>;
  /** Replaces AWS URLs in a text with local ones. */
  toLocalUrl(url: string): string;
}

/** What a running service offers. */
export interface RunningService {
  /** The service's API behind the AWS endpoint. */
  api?: ServiceApi;
  /** Returns the queue or stream with this ARN as event source for Lambda. */
  findEventSource?(arn: string): EventSource | undefined;
  /** Delivers a message to the resource with this ARN. */
  deliver?(arn: string, body: string, attributes: Record<string, string>): Promise<void>;
  /** What the service does for the whole runtime. */
  provides?: Partial<Provided>;
  /** Local URLs, by the URLs on AWS that they replace. */
  localUrls?: Record<string, string>;
  /** Base URLs at which users reach the app. */
  appUrls?: string[];
  /** Environment variables that every function gets. */
  environment?: Record<string, string>;
  /** Lines for the user when everything runs. */
  describe?(): string[];
  architecture?(): Architecture | Promise<Architecture>;
  panel?: Panel;
  /**
   * Starts work that no call triggers: requests from outside, polling, schedules. Runs after all
   * services have started; what it returns is closed before any service is.
   *
   * @throws {UserError} the work cannot start
   */
  run?(): Promise<Closable>;
  close(): Promise<void>;
}

export interface Closable {
  close(): Promise<void>;
}

/** What single services do for all others. */
export interface Provided {
  invoke: Invoke;
  invokeAsync: InvokeAsync;
  authorize: Authorize;
  failedBatchesAt(destinationArn: string): FailedBatches | undefined;
  traces: TraceReader;
}

/** Batches that event source mappings gave up, at their on-failure destination. */
export interface FailedBatches {
  /** Logical names of the mappings' functions. */
  functionNames: string[];
  /**
   * Invokes the function again with the batch that a message names.
   *
   * @throws {Error} the batch was not processed, and why
   */
  redeliver(message: string): Promise<void>;
}

/** Checks a service's definition, and returns it without the type of its resources. */
export function defineService<Resources>(service: Service<Resources>): Service {
  return service as Service;
}
