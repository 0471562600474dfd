/** What the console's server tells its page. Times are milliseconds, moments since the epoch. */

export interface Overview {
  /** Another one after each start. */
  runtime: string;
  app: string;
  stage: string;
  engine: string;
  /** Base URLs of the APIs. */
  urls: string[];
  nodes: ArchitectureNode[];
  edges: ArchitectureEdge[];
}

export interface ArchitectureNode {
  /** The ARN, or an id of the graph where there is none. */
  id: string;
  kind: "api" | "function" | "table" | "queue" | "schedule" | "mail";
  name: string;
}

export interface ArchitectureEdge {
  from: string;
  to: string;
  /** `dead`: what could not be done. `call`: seen while it ran. */
  kind: "route" | "source" | "dead" | "call";
}

/** A request to an API, answered. */
export interface ConsoleRequest {
  id: string;
  at: number;
  method: string;
  path: string;
  status: number;
  ms: number;
  functionName?: string;
  cold: boolean;
  /** `1-<seconds>-<random>`; absent when no function was asked. */
  traceId?: string;
  /** The message of the gateway, or the reason why the function's answer was none. */
  error?: string;
}

/** An invocation of a function, over. */
export interface Invocation {
  requestId: string;
  functionName: string;
  source: InvocationSource;
  /** When it came. */
  at: number;
  /** From when it came until it was answered. */
  ms: number;
  /** The start of its process, if it waited for that. */
  init?: Span;
  /** Until its answer; absent when no process took it. */
  run?: Span;
  traceId: string;
  /** The X-Ray segment that is the parent of what the function did. */
  segmentId: string;
  /** Traces of the messages in its event. */
  links: string[];
  error?: string;
}

export type InvocationSource = "api" | "queue" | "stream" | "call" | "event";

interface Span {
  at: number;
  ms: number;
}

/** A line of a function's output, or of Lambda's about it. */
export interface Line {
  at: number;
  functionName: string;
  stream: "stdout" | "stderr" | "platform";
  requestId?: string;
  text: string;
}

/** A bar of a waterfall. */
export interface Bar extends Span {
  id: string;
  /** How deep it is nested. */
  depth: number;
  kind: "request" | "function" | "init" | "run" | "call" | "work";
  name: string;
  detail?: string;
  error?: string;
  /** Of the invocation. */
  requestId?: string;
}

export interface Waterfall extends Span {
  traceId: string;
  bars: Bar[];
  lines: Line[];
}

export interface FunctionStatus {
  name: string;
  arn: string;
  warm: number;
  busy: number;
  starting: number;
  invocations: number;
  coldStarts: number;
  errors: number;
  /** Of the newest invocations' durations, in milliseconds. */
  p50?: number;
  p99?: number;
  memoryMb: number;
  /** The most that a process has used, in MB. */
  usedMemoryMb?: number;
}

export interface FunctionDetail {
  /** The newest first. */
  invocations: Invocation[];
  /** The oldest first. */
  lines: Line[];
}

export interface QueueStatus {
  name: string;
  arn: string;
  visible: number;
  inFlight: number;
  delayed: number;
  /**
   * The queues whose dead letters end here, and the functions whose event source mappings have it as
   * on-failure destination.
   */
  deadLettersOf: string[];
  /** Whether its dead letters can be redriven from here. */
  canRedrive: boolean;
}

export interface Redriven {
  redriven: number;
  /** Why each of the others stays. */
  kept: string[];
}

export interface QueueMessage {
  id: string;
  body: string;
  sentAt: number;
  receives: number;
  inFlight: boolean;
  attributes: Record<string, string>;
  traceId?: string;
}

export interface TableStatus {
  name: string;
  arn: string;
  /** The table itself, `name` being absent, and its indexes. */
  keys: { index?: string; partition: string; sort?: string }[];
}

export interface ItemPage {
  items: Record<string, unknown>[];
  /** Leads to the next page. */
  cursor?: string;
}

/** What has changed, so that whoever shows it asks again. */
export type Topic = "functions" | "queues" | "mail" | "tables" | "traces";
