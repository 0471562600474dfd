import { availableParallelism } from "node:os";
import type { Execution, Invocation, InvokeResult } from "../../../runtime/invocation.ts";
import { MAX_INSTANCES } from "../../../runtime/invocation.ts";
import { formatFailure, SHUTTING_DOWN, toErrorResult } from "../failure.ts";
import { createInvocation, createSampler } from "../invocation.ts";
import type { LambdaFunction } from "../resources.ts";
import type { InitFailure, Instance, InstanceOptions, Log } from "./instance.ts";

/** The processes of one function, and the invocations that wait for one. */
export interface Pool {
  invoke(
    payload: string,
    options?: { requestId?: string; traceHeader?: string },
  ): Promise<InvokeResult>;
  /** Replaces all processes: idle ones end now, busy ones after their invocation. */
  replace(): void;
  /** Ends the processes that have been idle for `IDLE_LIMIT` at `now` (`performance.now()`). */
  endIdle(now: number): void;
  /** Kills the processes that use more memory than the function may. */
  checkMemory(): void;
  /** Counts the processes by state. */
  processes(): Processes;
  /** Ends all processes. Running and waiting invocations end with an error. */
  close(): Promise<void>;
}

/** The number of processes of a function by state. */
export type Processes = Record<"starting" | "idle" | "busy", number>;

export interface PoolOptions {
  fn: Pick<LambdaFunction, "reservedConcurrency" | "tracing">;
  start(events: Pick<InstanceOptions, "onReady" | "onEnded">): Instance;
  log: Log;
  /** Called when an invocation has ended, with the result that its caller received. */
  onExecuted(execution: Execution): void;
}

/**
 * The number of processes of one function that start without delay. More than two per core slow each
 * other down when the function computes. When it waits, invocations queue up and more will start.
 */
export const EAGER_INSTANCES = Math.min(MAX_INSTANCES, 2 * availableParallelism());

/** Milliseconds after which a waiting invocation makes a further process start. */
export const MAX_QUEUE_WAIT = 500;

/**
 * The number of processes of one function that start at the same time. Starting only uses CPU: with
 * more, the first is ready later, and often the first can handle the whole queue.
 */
const MAX_STARTING = 2;

/** Milliseconds. */
export const IDLE_LIMIT = 5 * 60_000;

interface Member {
  instance: Instance;
  state: "starting" | "idle" | "busy" | "ending";
  idleSince: number;
}

/** Creates the pool of a function, without processes. */
export function createPool({ fn, start, log, onExecuted }: PoolOptions): Pool {
  const members = new Set<Member>();
  /** Busy processes whose code has been replaced. */
  const retired = new Set<Member>();
  /** A stack: the process used last is used next, so that the others can be ended. */
  const idle: Member[] = [];
  const queue: Invocation[] = [];
  const sample = createSampler();
  let active = 0;
  let starting = 0;
  let waitTimer: NodeJS.Timeout | undefined;
  let closed = false;

  function runQueue() {
    for (let member = idle.at(-1); member && queue.length; member = idle.at(-1)) {
      idle.pop();
      member.state = "busy";
      member.instance.run(queue.shift() as Invocation);
    }
    while (needsProcess()) startMember();
    if (queue.length > 0) waitTimer ??= setTimeout(onWaitTimer, MAX_QUEUE_WAIT);
  }

  function needsProcess(): boolean {
    const [first] = queue;
    if (!first || starting >= Math.min(queue.length, MAX_STARTING)) return false;
    if (members.size < EAGER_INSTANCES) return true;
    return members.size < MAX_INSTANCES && performance.now() - first.queuedAt >= MAX_QUEUE_WAIT;
  }

  function onWaitTimer() {
    waitTimer = undefined;
    runQueue();
  }

  function startMember() {
    starting++;
    const member: Member = {
      state: "starting",
      idleSince: 0,
      instance: start({
        onReady: () => onReady(member),
        onEnded: (initFailure) => onEnded(member, initFailure),
      }),
    };
    members.add(member);
  }

  function onReady(member: Member) {
    if (member.state === "starting" && members.has(member)) starting--;
    if (retired.has(member) || closed) return endMember(member);
    member.state = "idle";
    member.idleSince = performance.now();
    idle.push(member);
    runQueue();
  }

  function onEnded(member: Member, initFailure?: InitFailure) {
    retired.delete(member);
    // A failed start of code that has been replaced since is of no interest.
    if (!members.delete(member)) return;
    if (member.state === "starting") starting--;
    if (member.state === "idle") idle.splice(idle.indexOf(member), 1);
    if (initFailure && !closed) failFirst(initFailure);
    if (!closed) runQueue();
  }

  /** Fails the invocation that has waited longest, because a process could not start. */
  function failFirst({ detail, ...failure }: InitFailure) {
    const invocation = queue.shift();
    const id = invocation?.requestId ?? "-";
    const logged = { ...failure, errorMessage: detail ?? failure.errorMessage };
    log(`${formatFailure(logged, id)} (init phase)`, "platform", invocation?.requestId);
    invocation?.resolve(toErrorResult(failure, detail === undefined ? id : undefined));
  }

  function endMember(member: Member): void {
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
        runQueue();
      });
    },
    replace() {
      for (const member of members) {
        retired.add(member);
        if (member.state === "idle") endMember(member);
      }
      members.clear();
      idle.length = 0;
      starting = 0;
      runQueue();
    },
    endIdle(now) {
      const expired = idle.filter((member) => now - member.idleSince >= IDLE_LIMIT);
      for (const member of expired) {
        idle.splice(idle.indexOf(member), 1);
        endMember(member);
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
      clearTimeout(waitTimer);
      const waiting = queue.splice(0);
      await Promise.all([...members, ...retired].map(({ instance }) => instance.end()));
      for (const invocation of waiting) {
        invocation.resolve(SHUTTING_DOWN);
      }
    },
  };
}
