import type { InvocationSource } from "../invocation.ts";

/** A request to an API, and its response. */
export interface RespondedRequest {
  id: string;
  apiId: string;
  /** When the request arrived, in milliseconds since the epoch. */
  at: number;
  method: string;
  path: string;
  status: number;
  /** Milliseconds until the response. */
  ms: number;
  functionName?: string;
  /** Request id of the function's invocation. */
  invocationId?: string;
  /** `1-<seconds>-<random>`; absent if no function was invoked. */
  traceId?: string;
  /** The gateway's error message, or why the function's result could not be used. */
  error?: string;
}

export interface FunctionLogLine {
  functionName: string;
  text: string;
  stream: "stdout" | "stderr" | "platform";
  requestId?: string | undefined;
}

/** One call of an AWS service. */
export interface AwsCall {
  functionName: string;
  service: string;
  operation: string;
  resource: string | undefined;
  status: number;
  ms: number;
  /** `X-Amzn-Trace-Id`, as SDKs send it on. */
  traceHeader: string | undefined;
}

/** A request to an API, with its response. */
export interface RecordedRequest extends Omit<RespondedRequest, "apiId" | "invocationId"> {
  cold: boolean;
}

/** A completed invocation of a function. */
export interface RecordedInvocation {
  requestId: string;
  functionName: string;
  source: InvocationSource;
  /** Time of arrival. */
  at: number;
  /** Milliseconds until the result. */
  ms: number;
  /** The start of a process, if the invocation waited for one. */
  init?: Span;
  /** Execution until the response. Absent if no process executed it. */
  run?: Span;
  traceId: string;
  /** The X-Ray segment that is the parent of the function's own segments. */
  segmentId: string;
  /** Ids of the traces of the messages in its event. */
  links: string[];
  error?: string;
}

/** A call of an AWS service. */
export interface RecordedCall extends AwsCall {
  at: number;
}

/** A log line of a function, or of Lambda about it. */
export interface RecordedLine extends FunctionLogLine {
  at: number;
}

export interface Span {
  at: number;
  ms: number;
}
