import { availableParallelism } from "node:os";
import type { Execution, Invocation, InvokeResult } from "../../../runtime/invocation.ts";
import { asResult, describe, SHUTTING_DOWN } from "../failure.ts";
import type { LambdaFunction } from "../functions.ts";
import { createInvocation } from "../invocation.ts";
import { createSampler } from "../sampling.ts";
import type { InitFailure, Instance, InstanceOptions, Log } from "./instance.ts";

/** The processes of one function, and the invocations that wait for one. */
export interface Pool {
  invoke(
    payload: string,
    options?: { requestId?: string; traceHeader?: string },
  ): Promise<InvokeResult>;
  /** From now on only new processes serve: idle ones end, busy ones when they are done. */
  replace(): void;
  /** Ends the processes that have been idle for `IDLE_LIMIT` at `now` (`performance.now()`). */
  reap(now: number): void;
  /** Kills the processes that use more memory than the function may. */
  checkMemory(): void;
  /** The processes there are. */
  processes(): Processes;
  /** Ends all processes. Invocations under way end with an error. */
  close(): Promise<void>;
}

/** How many processes of a function do what. */
export type Processes = Record<"starting" | "idle" | "busy", number>;

export interface PoolOptions {
  fn: Pick<LambdaFunction, "reservedConcurrency" | "tracing">;
  start(events: Pick<InstanceOptions, "onReady" | "onEnded">): Instance;
  log: Log;
  /** An invocation is over, as its caller is told. */
  onExecuted(execution: Execution): void;
}

/**
 * Processes of one function at most. Lambda would start hundreds; a computer that people work on
 * is not a region, and beyond this number requests queue.
 */
export const MAX_INSTANCES = 10;

/**
 * Processes of one function that are there for the asking. More than two a core get in each other's
 * way when the function computes; when it waits, its invocations wait too, and there will be more.
 */
export const EAGER_INSTANCES = Math.min(MAX_INSTANCES, 2 * availableParallelism());

/** In milliseconds: for an invocation that has waited this long, a further process is started. */
export const PATIENCE = 500;

/**
 * Processes of one function that start at the same time. Starting is all CPU: more at once only
 * means that the first is ready later, and often the first can take the whole queue.
 */
const MAX_STARTING = 2;

/** In milliseconds. */
export const IDLE_LIMIT = 5 * 60_000;

interface Member {
  instance: Instance;
  state: "starting" | "idle" | "busy" | "ending";
  idleSince: number;
}

export function createPool({ fn, start, log, onExecuted }: PoolOptions): Pool {
  const members = new Set<Member>();
  /** Still at work on code that has been replaced. */
  const retired = new Set<Member>();
  /** The one used last is used next, so that the others can be reaped. */
  const idle: Member[] = [];
  const queue: Invocation[] = [];
  const sample = createSampler();
  let active = 0;
  let starting = 0;
  let patience: NodeJS.Timeout | undefined;
  let closed = false;

  function serve() {
    for (let member = idle.at(-1); member && queue.length; member = idle.at(-1)) {
      idle.pop();
      member.state = "busy";
      member.instance.run(queue.shift() as Invocation);
    }
    while (lacksProcess()) add();
    if (queue.length > 0) patience ??= setTimeout(runOutOfPatience, PATIENCE);
  }

  function lacksProcess(): boolean {
    const [first] = queue;
    if (!first || starting >= Math.min(queue.length, MAX_STARTING)) return false;
    if (members.size < EAGER_INSTANCES) return true;
    return members.size < MAX_INSTANCES && performance.now() - first.queuedAt >= PATIENCE;
  }

  function runOutOfPatience() {
    patience = undefined;
    serve();
  }

  function add() {
    starting++;
    const member: Member = {
      state: "starting",
      idleSince: 0,
      instance: start({
        onReady: () => ready(member),
        onEnded: (initFailure) => ended(member, initFailure),
      }),
    };
    members.add(member);
  }

  function ready(member: Member) {
    if (member.state === "starting" && members.has(member)) starting--;
    if (retired.has(member) || closed) return end(member);
    member.state = "idle";
    member.idleSince = performance.now();
    idle.push(member);
    serve();
  }

  function ended(member: Member, initFailure?: InitFailure) {
    retired.delete(member);
    // The code it could not start with has been replaced meanwhile: nobody needs to know.
    if (!members.delete(member)) return;
    if (member.state === "starting") starting--;
    if (member.state === "idle") idle.splice(idle.indexOf(member), 1);
    if (initFailure && !closed) failFirst(initFailure);
    if (!closed) serve();
  }

  /** The invocation that has waited longest pays for a process that could not start. */
  function failFirst({ detail, ...failure }: InitFailure) {
    const invocation = queue.shift();
    const id = invocation?.requestId ?? "-";
    const told = { ...failure, errorMessage: detail ?? failure.errorMessage };
    log(`${describe(told, id)} (init phase)`, "platform", invocation?.requestId);
    invocation?.resolve(asResult(failure, detail === undefined ? id : undefined));
  }

  function end(member: Member): void {
    member.state = "ending";
    void member.instance.end();
  }

  return {
    invoke(payload, options = {}) {
      if (closed) return Promise.resolve(SHUTTING_DOWN);
      return new Promise((resolve) => {
        const invocation = createInvocation(fn, sample, payload, options, (result) => {
          if (result.kind !== "throttled") active--;
          resolve(result);
          onExecuted({ invocation, result, endedAt: performance.now() });
        });
        if (fn.reservedConcurrency !== undefined && active >= fn.reservedConcurrency) {
          return invocation.resolve({ kind: "throttled" });
        }
        active++;
        queue.push(invocation);
        serve();
      });
    },
    replace() {
      for (const member of members) {
        retired.add(member);
        if (member.state === "idle") end(member);
      }
      members.clear();
      idle.length = 0;
      starting = 0;
      serve();
    },
    reap(now) {
      const expired = idle.filter((member) => now - member.idleSince >= IDLE_LIMIT);
      for (const member of expired) {
        idle.splice(idle.indexOf(member), 1);
        end(member);
      }
    },
    checkMemory() {
      for (const { instance } of members) instance.checkMemory();
      for (const { instance } of retired) instance.checkMemory();
    },
    processes() {
      const counts: Processes = { starting: 0, idle: 0, busy: 0 };
      for (const { state } of [...members, ...retired]) if (state !== "ending") counts[state]++;
      return counts;
    },
    async close() {
      closed = true;
      clearTimeout(patience);
      const waiting = queue.splice(0);
      await Promise.all([...members, ...retired].map(({ instance }) => instance.end()));
      for (const invocation of waiting) {
        invocation.resolve(SHUTTING_DOWN);
      }
    },
  };
}
