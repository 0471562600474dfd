import type { RecordedInvocation, RecordedRequest } from "./history/records.ts";
import type { Execution, InvocationSource, InvokedFunction } from "./invocation.ts";

/** What happens in the runtime, for the console, the terminal and X-Ray. */
export interface RuntimeEvents {
  /** An invocation starts. */
  invoked: [invocation: { requestId: string; source: InvocationSource; payload: string }];
  /** The caller of an invocation has its result. */
  returned: [requestId: string];
  /** An invocation is complete. */
  executed: [fn: InvokedFunction, execution: Execution];
  /** An API responded to a request. */
  responded: [request: RespondedRequest];
  /** The endpoint responded to a call of an AWS service. */
  called: [call: AwsCall];
  /** A function, or Lambda on its behalf, wrote a log line. */
  logged: [line: FunctionLogLine];
  /** The content of a panel of the console changed. */
  changed: [panelId: string];
  /** The history recorded a request. */
  recordedRequest: [request: RecordedRequest];
  /** The history recorded an invocation. */
  recordedInvocation: [invocation: RecordedInvocation];
}

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
