/**
 * Bytes of an event that is passed synchronously.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/**
 * Processes of one function. Lambda would start hundreds; beyond this number, requests wait, as all
 * processes share one computer.
 */
export const MAX_INSTANCES = 10;

/** How an invocation of a function ended, as its caller sees it. */
export type InvokeResult =
  /** The function returned; `payload` is its JSON, verbatim. */
  | { kind: "response"; payload: string }
  /** The function threw, timed out, exited, ran out of memory or could not be started. */
  | { kind: "error"; errorType: string; errorMessage: string }
  /** The function has no concurrency left. */
  | { kind: "throttled" };

export interface InvokeOptions {
  /** Generated if absent. */
  requestId?: string;
  /** `X-Amzn-Trace-Id` of the caller. */
  traceHeader?: string;
}

/** Invokes a function and waits for its result (`RequestResponse`). Never rejects. */
export type Invoke = (
  functionArn: string,
  payload: string,
  options?: InvokeOptions,
) => Promise<InvokeResult>;

/**
 * Stores an event and returns (`InvocationType: Event`); the function runs at least once.
 *
 * @throws {Error} `ResourceNotFoundException`: the app has no such function
 */
export type InvokeAsync = (functionArn: string, payload: string, options?: InvokeOptions) => void;

/** Who invoked a function: an API, a queue, a stream, another function, or an asynchronous event. */
export type InvocationSource = "api" | "queue" | "stream" | "call" | "event";

/** An invoked function, as other services see it. */
export interface InvokedFunction {
  /** Logical name in the app, for example `GetPet`. */
  name: string;
  /** Physical name, for example `petstore-offline-GetPetFunction-abcdefgh`. */
  functionName: string;
  arn: string;
}

/** The place of an invocation in its trace. */
export interface FunctionTrace {
  /** The function's `_X_AMZN_TRACE_ID`. */
  header: string;
  /** Whether Lambda writes segments of it. */
  sampled: boolean;
  /** `1-<seconds>-<random>`. */
  traceId: string;
  /** The caller's segment, if it has one. */
  parentId: string | undefined;
  /** The function's own segment, the parent of all segments that the function writes. */
  segmentId: string;
}

/** A period, in milliseconds of `performance.now()`. */
export interface Phase {
  from: number;
  to: number;
}

/** The phases of an invocation; those that it did not reach are absent. */
export interface Phases {
  /** The start of its process, if it waited for one. */
  init?: Phase;
  invoke?: Phase;
  /** From the function's response until its process asks for the next event. */
  overhead?: Phase;
}

/** One invocation on its way through a function's processes. */
export interface Invocation {
  requestId: string;
  /** The event, JSON. */
  payload: string;
  trace: FunctionTrace;
  /** When it arrived, in milliseconds of `performance.now()`. */
  queuedAt: number;
  /** Filled in by the process that takes it. */
  phases: Phases;
  resolve(result: InvokeResult): void;
}

/** A completed invocation. */
export interface Execution {
  invocation: Invocation;
  result: InvokeResult;
  /** In milliseconds of `performance.now()`. */
  endedAt: number;
}
