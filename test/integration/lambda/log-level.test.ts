import { loadGraph } from "@petstore/offline/graph/load";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/offline.ts";
import { resourcesOf } from "../../support/resources.ts";
import { host } from "./harness.ts";

describe("a production function", () => {
  const [declared] = resourcesOf(loadGraph("production", projectRoot)).functions;
  const telemetry = JSON.stringify(`${projectRoot}/packages/core/src/telemetry.ts`);
  const source = `
    import { logger, withTelemetry } from ${telemetry};
    export const handler = (event, context) =>
      withTelemetry({ context, operation: "Worker", line: "done" }, async () => logger.debug("detail"));`;

  it.each([
    ["in every invocation when all are sampled", "1", 4],
    ["in no invocation when none is sampled", "0", 0],
  ])("logs debug lines %s", async (_, rate, expected) => {
    const { environment, ...settings } = declared as NonNullable<typeof declared>;
    const { invoke, lines, line } = await host(
      { "Worker.ts": source },
      {
        Worker: {
          logFormat: settings.logFormat,
          ...(settings.logLevel && { logLevel: settings.logLevel }),
          environment: { ...environment, POWERTOOLS_LOGGER_SAMPLE_RATE: rate },
        },
      },
    );

    for (const requestId of ["r1", "r2", "r3", "r4"]) await invoke("Worker", {}, { requestId });
    await line(({ line }) => line.startsWith("REPORT RequestId: r4\t"));

    const messages = lines.flatMap(({ line, stream }) =>
      stream === "stdout" ? JSON.parse(line).message : [],
    );
    expect(messages.filter((message) => message === "done")).toHaveLength(4);
    expect(messages.filter((message) => message === "detail")).toHaveLength(expected);
  });
});

describe("a function with the JSON log format", () => {
  const source = `
    export const handler = () => {
      console.debug("debug");
      console.log("info");
      console.error("error");
      process.stdout.write('{"level":"trace","message":"lower case"}\\n');
      process.stdout.write('{"level":"none","message":"unknown level"}\\n');
      process.stdout.write('{"level":"debug"\\n');
      process.stdout.write("plain\\n");
      return [process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL];
    };`;

  it.each([
    ["INFO", "info error unknown-level broken plain"],
    ["TRACE", "debug info error lower-case unknown-level broken plain"],
    ["ERROR", "error"],
  ] as const)("logs only the lines that Lambda keeps at level %s", async (logLevel, expected) => {
    const { invoke, lines, line } = await host(
      { "Talk.ts": source },
      { Talk: { logFormat: "JSON", logLevel } },
    );

    const result = await invoke("Talk", {}, { requestId: "r1" });
    await line(({ line }) => line.startsWith("REPORT RequestId: r1\t"));

    expect(result).toEqual({ kind: "response", payload: JSON.stringify(["JSON", logLevel]) });
    const messages = lines.flatMap(({ line, stream }) =>
      stream === "platform" ? [] : messageIn(line).replaceAll(" ", "-"),
    );
    expect(messages.toSorted()).toEqual(expected.split(" ").toSorted());
  });
});

describe("a function with the text log format", () => {
  it("gets no log level, and logs every line", async () => {
    const { invoke, line } = await host({
      "Talk.ts": `
      export const handler = () => {
        console.debug("debug");
        return [process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL];
      };`,
    });

    const result = await invoke("Talk");

    expect(result).toEqual({ kind: "response", payload: '["Text",null]' });
    expect((await line(({ stream }) => stream === "stdout")).line).toMatch(/\tDEBUG\tdebug$/);
  });
});

function messageIn(line: string): string {
  try {
    return JSON.parse(line).message;
  } catch {
    return line.startsWith("{") ? "broken" : line;
  }
}
