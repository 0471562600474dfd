import { EventEmitter } from "node:events";
import { joinArchitecture } from "@petstore/offline/console/architecture";
import type { ServiceContext } from "@petstore/offline/runtime/service";
import { createConsoleView } from "@petstore/offline/services/lambda/console";
import type { LambdaResources } from "@petstore/offline/services/lambda/resources";
import { describe, expect, it } from "vitest";

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const fn = (name: string, environment = {}) => ({
  ...{ name, functionName: name, arn: arnOf(name), environment },
});

describe("a function's edges", () => {
  it.each([
    ["the name", "target"],
    ["the ARN", arnOf("target")],
    ["the ARN of a version", `${arnOf("target")}:3`],
  ])("include a function if the environment contains %s of it", (_, text) => {
    const functions = [
      fn("caller", { SST_RESOURCE_Target: JSON.stringify({ names: [text] }) }),
      fn("target"),
      fn("tar"),
    ];
    const context = {
      resources: { functions, mappings: [] },
      events: new EventEmitter(),
    } as unknown as ServiceContext<LambdaResources>;
    const { architecture } = createConsoleView(context, {
      processes: () => undefined,
    });

    const { edges } = joinArchitecture([architecture()]);

    expect(edges).toEqual([{ from: arnOf("caller"), to: arnOf("target"), kind: "call" }]);
  });
});
