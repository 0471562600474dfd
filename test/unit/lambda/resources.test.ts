import { describe, expect, it } from "vitest";
import { resourcesOf } from "../../support/resources.ts";
import { functionArn, sampleGraph } from "../../support/sample-graph.ts";

describe("readFunctions", () => {
  it("returns the settings, with the links as environment variables", () => {
    expect(resourcesOf(sampleGraph()).functions).toEqual([
      {
        name: "GetItem",
        functionName: "shop-offline-GetItem",
        arn: functionArn,
        roleArn: "arn:aws:iam::123456789012:role/shop-offline-GetItemRole",
        memoryMb: 512,
        timeoutSeconds: 10,
        environment: {
          STAGE: "offline",
          SST_RESOURCE_ReadItems: '{"name":"shop-offline-Items","type":"sst.sst.Linkable"}',
        },
        logGroup: "/aws/lambda/items",
        logFormat: "JSON",
        logLevel: "INFO",
        tracing: "Active",
        build: sampleGraph().builds[0],
      },
    ]);
  });

  it("applies the defaults of Lambda", () => {
    const graph = sampleGraph();
    for (const { type, state } of graph.resources) {
      if (type !== "aws:lambda/function:Function") continue;
      delete state.memorySize;
      delete state.timeout;
      delete state.loggingConfig;
      delete state.tracingConfig;
      state.reservedConcurrentExecutions = 0;
    }
    expect(resourcesOf(graph).functions[0]).toMatchObject({
      memoryMb: 128,
      timeoutSeconds: 3,
      logFormat: "Text",
      tracing: "PassThrough",
      logGroup: "/aws/lambda/shop-offline-GetItem",
      reservedConcurrency: 0,
    });
  });

  describe("log level", () => {
    const levelOf = (loggingConfig: object) => {
      const graph = sampleGraph();
      for (const { type, state } of graph.resources) {
        if (type === "aws:lambda/function:Function") state.loggingConfig = loggingConfig;
      }
      return resourcesOf(graph).functions[0]?.logLevel;
    };

    it.each([
      ["INFO by default in JSON", { logFormat: "JSON" }, "INFO"],
      ["as declared in JSON", { logFormat: "JSON", applicationLogLevel: "DEBUG" }, "DEBUG"],
      ["none in text", { logFormat: "Text" }, undefined],
    ])("is %s", (_, loggingConfig, expected) => {
      expect(levelOf(loggingConfig)).toBe(expected);
    });
  });
});
