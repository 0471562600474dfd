import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { TraceContext } from "@petstore/core/trace-context";
import type { Segment } from "@petstore/offline/runtime/traces";
import { type Daemon, startDaemon } from "@petstore/offline/services/xray/daemon";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

type Telemetry = typeof import("@petstore/core/telemetry");

const invocation = "1-5e6722a7-000000000000000000000001";
const other = "1-5e6722a7-000000000000000000000002";
const caller = "53995c3f42cd8ad8";
const sent: Segment[] = [];
const printed: string[] = [];
let arrived = () => {};
let daemon: Daemon;
let telemetry: Telemetry;

/** As in a Lambda function: its modules read the environment when they are loaded. */
beforeAll(async () => {
  const onDropped = () => expect.unreachable("every datagram is a segment");
  daemon = await startDaemon((segment) => {
    sent.push(segment);
    arrived();
  }, onDropped);
  const env = {
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "worker",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_XRAY_DAEMON_ADDRESS: daemon.address,
    LAMBDA_TASK_ROOT: "/var/task",
    POWERTOOLS_METRICS_NAMESPACE: "test",
    _X_AMZN_TRACE_ID: `Root=${invocation};Parent=0000000000000001;Sampled=1`,
    STAGE: "test",
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  telemetry = await load();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await daemon.close();
});

/** As in a process that has just started. */
async function load(): Promise<Telemetry> {
  vi.resetModules();
  const fresh = await import("@petstore/core/telemetry");
  const print = (line: unknown) => void printed.push(String(line));
  const console = { ...globalThis.console, debug: print, info: print, error: print, warn: print };
  vi.spyOn(fresh.logger as never as { console: Console }, "console", "get").mockReturnValue(
    console,
  );
  return fresh;
}

const segmentLike = async (like: (segment: Segment) => boolean): Promise<Segment> => {
  for (;;) {
    const found = sent.find(like);
    if (found) return found;
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
  }
};

const context = { functionName: "worker", awsRequestId: "request-1" } as Parameters<
  Telemetry["withTelemetry"]
>[0]["context"];
const invoke = <T>(work: () => Promise<T>, { withTelemetry } = telemetry) =>
  withTelemetry({ context, operation: "Worker", line: "done" }, work);
const runSpan = (name: string, parent: TraceContext) =>
  invoke(() => telemetry.runInSpan(name, parent, async () => telemetry.currentTraceContext()));

describe("a span", () => {
  it("is a separate segment in another trace, and passes on that trace", async () => {
    const trace = `Root=${other};Parent=${caller};Sampled=1`;
    const traceContext = await runSpan("of another", { correlationId: "c-1", trace });
    const segment = await segmentLike(({ name }) => name === "of another");
    expect(segment).toMatchObject({ trace_id: other, parent_id: caller });
    expect(segment.type).toBeUndefined();
    expect(segment.annotations).toEqual({ correlationId: "c-1" });
    expect(traceContext).toEqual({
      correlationId: "c-1",
      trace: `Root=${other};Parent=${segment.id};Sampled=1`,
    });
  });

  it("is a subsegment of the invocation in the invocation's trace", async () => {
    const trace = `Root=${invocation};Parent=${caller};Sampled=1`;
    await runSpan("of this one", { correlationId: "c-2", trace });
    const whole = await segmentLike(({ name, id }) => name === "## Worker" && hasPart(id));
    expect(whole.trace_id).toBe(invocation);
  });

  it("has no segment in a trace that is not sampled, and passes on that decision", async () => {
    const trace = `Root=${other};Parent=${caller};Sampled=0`;
    const { traceContext, segment } = telemetry.startSpan("unsampled", {
      correlationId: "c-3",
      trace,
    });
    expect(segment).toBeUndefined();
    expect(traceContext).toEqual({ correlationId: "c-3", trace });
  });

  it("is marked as a fault when its work fails", async () => {
    const trace = `Root=${other};Parent=${caller};Sampled=1`;
    const failing = invoke(() =>
      telemetry.runInSpan("fails", { correlationId: "c-4", trace }, async () => {
        throw new Error("no luck");
      }),
    );
    await expect(failing).rejects.toThrow("no luck");
    expect(await segmentLike(({ name }) => name === "fails")).toMatchObject({ fault: true });
  });
});

const hasPart = (id: string) =>
  sent.some(({ name, parent_id }) => name === "of this one" && parent_id === id);

describe("an exception in a trace", () => {
  it("contains no e-mail address in the segment of a call, a span or the invocation", async () => {
    const message = "Not verified: Ann <ann@example.com>\n    at bob@example.com";
    const ses = createServer((_, response) => {
      response.writeHead(400, { "x-amzn-errortype": "MessageRejected" });
      response.end(JSON.stringify({ message }));
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void ses.close());
    await once(ses, "listening");
    const client = telemetry.traceClient(
      new SESv2Client({
        endpoint: `http://127.0.0.1:${(ses.address() as AddressInfo).port}`,
        region: "us-east-1",
        credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      }),
    );
    const trace = `Root=${other};Parent=${caller};Sampled=1`;
    const failing = invoke(() =>
      telemetry.runInSpan("mails", { correlationId: "c-7", trace }, () =>
        client.send(new SendEmailCommand({ Content: {} })),
      ),
    );
    await expect(failing).rejects.toThrow(message);

    const span = await segmentLike(({ name }) => name === "mails");
    const work = await segmentLike(
      (segment) => segment.name === "## Worker" && /MessageRejected/.test(JSON.stringify(segment)),
    );
    const call = span.subsegments?.find(({ name }) => name === "SESv2");
    for (const document of [call, span, work]) {
      expect(document).toMatchObject({
        cause: {
          exceptions: [
            {
              type: "MessageRejected",
              message: "Not verified: Ann <(an address)>\n    at (an address)",
            },
          ],
        },
      });
      expect(JSON.stringify(document)).not.toContain("@example");
    }
  });
});

describe("a log line", () => {
  const lines = () => printed.splice(0).map((line) => JSON.parse(line));

  it("has the correlation id of its span while other spans run", async () => {
    const half = async (correlationId: string) => {
      telemetry.logger.info("begins");
      await new Promise(setImmediate);
      telemetry.logger.info(correlationId);
    };
    printed.length = 0;
    await invoke(() =>
      Promise.all(
        ["c-5", "c-6"].map((correlationId) =>
          telemetry.runInSpan("half", { correlationId }, () => half(correlationId)),
        ),
      ),
    );
    const [, , ...ends] = lines();
    expect(ends).toMatchObject([
      { message: "c-5", correlationId: "c-5", functionRequestId: "request-1" },
      { message: "c-6", correlationId: "c-6", functionRequestId: "request-1" },
      { message: "done", operation: "Worker", stage: "test", latencyMs: expect.any(Number) },
    ]);
  });

  it.each([
    ["half", "0.5", [400, 600]],
    ["all", "1", [1_000, 1_000]],
    ["none", "0", [0, 0]],
  ])("has level DEBUG in %s of the invocations", async (_, rate, [least, most]) => {
    vi.stubEnv("POWERTOOLS_LOGGER_SAMPLE_RATE", rate);
    // Thousands of segments would overflow the daemon's socket, and other tests wait for theirs.
    vi.stubEnv("POWERTOOLS_TRACE_ENABLED", "false");
    onTestFinished(() => {
      vi.stubEnv("POWERTOOLS_LOGGER_SAMPLE_RATE", undefined);
      vi.stubEnv("POWERTOOLS_TRACE_ENABLED", undefined);
    });
    const fresh = await load();
    printed.length = 0;

    for (let invocation = 0; invocation < 1_000; invocation++) {
      await invoke(async () => fresh.logger.debug("detail"), fresh);
    }

    const debugged = lines().filter(({ message }) => message === "detail").length;
    expect(debugged).toBeGreaterThanOrEqual(least as number);
    expect(debugged).toBeLessThanOrEqual(most as number);
  });

  it("contains an error and its causes, without addresses and other properties", () => {
    const Item = { ownerEmail: { S: "ann@example.com" } };
    const cause = Object.assign(new Error("<ann@example.com> is unknown"), { Item });
    printed.length = 0;
    telemetry.logger.error("failed", new Error("no mail", { cause }));
    telemetry.logger.error("failed", { error: new Error("no mail", { cause }) });

    for (const line of printed) expect(line).not.toMatch(/@example|ownerEmail/);
    for (const { error } of lines()) {
      expect(error).toMatchObject({
        message: "no mail",
        stack: expect.stringContaining("telemetry.test.ts"),
        cause: { message: "<(an address)> is unknown" },
      });
    }
  });

  // An expression that backtracks would exceed the timeout of the test.
  it("redacts a 512 KiB error in linear time", () => {
    const message = "x".repeat(512 * 1024);

    telemetry.logger.error("failed", new Error(message));

    expect(lines()).toMatchObject([{ error: { message: expect.stringContaining("xxx") } }]);
  });
});

describe("a cold start", () => {
  const coldStart = async (process: Telemetry) => {
    printed.length = 0;
    await invoke(async () => {}, process);
    return JSON.parse(printed.at(-1) ?? "").coldStart;
  };

  it("is the first invocation of a process", async () => {
    const process = await load();
    expect(await coldStart(process)).toBe(true);
    expect(await coldStart(process)).toBe(false);
  });

  it("is not reported after a warm ping", async () => {
    const process = await load();
    process.markWarm();
    expect(await coldStart(process)).toBe(false);
  });
});
