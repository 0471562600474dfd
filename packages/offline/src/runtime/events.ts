import type {
  AwsCall,
  FunctionLogLine,
  RecordedInvocation,
  RecordedRequest,
  RespondedRequest,
} from "./history/records.ts";
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
