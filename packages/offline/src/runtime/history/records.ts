import type { AwsCall, FunctionLogLine, RespondedRequest } from "../events.ts";
import type { InvocationSource } from "../invocation.ts";

/** A request to an API, with its response. */
export interface RecordedRequest extends Omit<RespondedRequest, "apiId" | "invocationId"> {
  cold: boolean;
}

/** A completed invocation of a function. */
export interface RecordedInvocation {
  requestId: string;
  functionName: string;
  source: InvocationSource;
  /** When it arrived. */
  at: number;
  /** Milliseconds until its result. */
  ms: number;
  /** The start of its process, if it waited for one. */
  init?: Span;
  /** Until its response; absent if no process took it. */
  run?: Span;
  traceId: string;
  /** The X-Ray segment that is the parent of the function's own segments. */
  segmentId: string;
  /** Traces of the messages in its event. */
  links: string[];
  error?: string;
}

/** A call of an AWS service. */
export interface RecordedCall extends AwsCall {
  at: number;
}

/** A line of a function's output, or of Lambda's about it. */
export interface RecordedLine extends FunctionLogLine {
  at: number;
}

export interface Span {
  at: number;
  ms: number;
}
