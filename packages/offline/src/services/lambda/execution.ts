import type { Invocation } from "./invocation.ts";
import type { InvokeResult } from "./invoke.ts";

/** From when to when, on the clock of `performance.now()`. */
export interface Phase {
  from: number;
  to: number;
}

/** What the time of an invocation went to, as far as it came. */
export interface Phases {
  /** The start of its process, if it waited for that. */
  init?: Phase;
  invoke?: Phase;
  /** From the function's answer until its process asks for more. */
  overhead?: Phase;
}

/** An invocation that is over. */
export interface Execution {
  invocation: Invocation;
  result: InvokeResult;
  /** On the clock of `performance.now()`. */
  endedAt: number;
}
