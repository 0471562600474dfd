import type { Invocation } from "@petstore/offline/runtime/invocation";
import { MAX_INSTANCES } from "@petstore/offline/runtime/invocation";
import type { InitFailure } from "@petstore/offline/services/lambda/process/instance";
import {
  createPool,
  EAGER_INSTANCES,
  IDLE_LIMIT,
  MAX_QUEUE_WAIT,
} from "@petstore/offline/services/lambda/process/pool";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** Creates a pool whose processes are controlled by the test. */
function simulate(reservedConcurrency?: number) {
  const processes: FakeProcess[] = [];
  const lines: string[] = [];
  const pool = createPool({
    fn: {
      tracing: "PassThrough",
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    },
    log: (line) => lines.push(line),
    onExecuted() {},
    start(events) {
      const process = fakeProcess(events);
      processes.push(process);
      return process.instance;
    },
  });
  return { pool, processes, lines };
}

type FakeProcess = ReturnType<typeof fakeProcess>;

function fakeProcess(events: { onReady(): void; onEnded(failure?: InitFailure): void }) {
  let current: Invocation | undefined;
  const process = {
    ended: false,
    ready: events.onReady,
    payload: () => current?.payload,
    die(failure?: InitFailure) {
      process.ended = true;
      events.onEnded(failure);
    },
    answer() {
      const invocation = current;
      current = undefined;
      invocation?.resolve({ kind: "response", payload: invocation.payload });
      events.onReady();
    },
    instance: {
      run(invocation: Invocation) {
        expect(current).toBeUndefined();
        current = invocation;
      },
      checkMemory() {},
      async end() {
        if (!process.ended) process.die();
      },
    },
  };
  return process;
}

describe("a pool", () => {
  it("runs a queued invocation in the process that is ready first", async () => {
    const { pool, processes } = simulate();
    const first = pool.invoke("1");
    const second = pool.invoke("2");
    expect(processes).toHaveLength(2);
    processes[1]?.ready();
    expect(processes[1]?.payload()).toBe("1");
    processes[1]?.answer();
    expect(processes[1]?.payload()).toBe("2");
    processes[1]?.answer();
    processes[0]?.ready();
    expect(await Promise.all([first, second])).toMatchObject([{ payload: "1" }, { payload: "2" }]);
    void pool.invoke("3");
    expect(processes).toHaveLength(2);
  });

  describe("with many waiting invocations", () => {
    beforeEach(
      () => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }),
    );
    afterEach(() => void vi.useRealTimers());

    /** Makes all processes ready, including those that start meanwhile. */
    function readyAll(processes: FakeProcess[]) {
      for (const process of processes) if (process.payload() === undefined) process.ready();
    }

    it("starts a few processes at once, and all of them after the maximum wait", () => {
      const { pool, processes } = simulate();
      for (let i = 0; i < 50; i++) void pool.invoke(String(i));
      readyAll(processes);
      expect(processes).toHaveLength(EAGER_INSTANCES);

      vi.advanceTimersByTime(MAX_QUEUE_WAIT - 1);
      expect(processes).toHaveLength(EAGER_INSTANCES);
      vi.advanceTimersByTime(1);
      expect(processes.length).toBeGreaterThan(EAGER_INSTANCES);
      readyAll(processes);
      expect(processes).toHaveLength(MAX_INSTANCES);
    });

    it("starts no more processes than the maximum, and none without a waiting invocation", () => {
      const { pool, processes } = simulate();
      for (let i = 0; i < 50; i++) void pool.invoke(String(i));
      for (let round = 0; round < 20; round++) {
        readyAll(processes);
        vi.advanceTimersByTime(MAX_QUEUE_WAIT);
      }
      expect(processes).toHaveLength(MAX_INSTANCES);
      for (let i = 0; i < 5; i++) processes[i]?.answer();
      expect(processes).toHaveLength(MAX_INSTANCES);
    });
  });

  it("counts waiting and running invocations for the reserved concurrency", async () => {
    const { pool, processes } = simulate(1);
    const first = pool.invoke("1");
    expect(await pool.invoke("2")).toEqual({ kind: "throttled" });
    processes[0]?.ready();
    expect(await pool.invoke("3")).toEqual({ kind: "throttled" });
    processes[0]?.answer();
    expect((await first).kind).toBe("response");
    const fourth = pool.invoke("4");
    processes[0]?.answer();
    expect((await fourth).kind).toBe("response");
  });

  it("fails one invocation when a process cannot start, and starts another process for the next", async () => {
    const { pool, processes, lines } = simulate();
    const invocations = [pool.invoke("1"), pool.invoke("2"), pool.invoke("3")];
    processes[0]?.die({ errorType: "E", errorMessage: "m", detail: "all of it" });
    expect(await invocations[0]).toEqual({ kind: "error", errorType: "E", errorMessage: "m" });
    expect(lines).toEqual([expect.stringContaining("all of it")]);
    expect(processes).toHaveLength(3);
    processes[2]?.ready();
    expect(processes[2]?.payload()).toBe("2");
  });

  it("uses only new processes after a replacement, and ends the old ones", async () => {
    const { pool, processes } = simulate();
    const busy = pool.invoke("busy");
    processes[0]?.ready();
    void pool.invoke("idle");
    processes[1]?.ready();
    processes[1]?.answer();
    void pool.invoke("a");
    void pool.invoke("starting");
    expect(processes).toHaveLength(3);
    processes[1]?.answer();

    pool.replace();
    expect(processes.map(({ ended }) => ended)).toEqual([false, false, false]);
    processes[2]?.ready();
    expect(processes[2]?.ended).toBe(true);
    processes[0]?.answer();
    expect(processes[0]?.ended).toBe(true);
    expect((await busy).kind).toBe("response");
    void pool.invoke("new");
    expect(processes).toHaveLength(4);
    processes[3]?.ready();
    expect(processes[3]?.payload()).toBe("new");
  });

  it("ends processes after the idle limit", () => {
    const { pool, processes } = simulate();
    void pool.invoke("1");
    processes[0]?.ready();
    processes[0]?.answer();
    pool.endIdle(performance.now() + IDLE_LIMIT - 1000);
    expect(processes[0]?.ended).toBe(false);
    pool.endIdle(performance.now() + IDLE_LIMIT);
    expect(processes[0]?.ended).toBe(true);
    void pool.invoke("2");
    expect(processes).toHaveLength(2);
  });

  it("ends all processes and fails waiting invocations on close", async () => {
    const { pool, processes } = simulate();
    const waiting = pool.invoke("1");
    await pool.close();
    expect(processes.every(({ ended }) => ended)).toBe(true);
    expect((await waiting).kind).toBe("error");
    expect((await pool.invoke("2")).kind).toBe("error");
    expect(processes).toHaveLength(1);
  });
});
