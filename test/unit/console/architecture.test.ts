import { architectureOf } from "@petstore/offline/console/architecture";
import type { App } from "@petstore/offline/graph/app";
import { expect, it } from "vitest";

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const fn = (name: string, environment = {}) => ({
  ...{ name, functionName: name, arn: arnOf(name), environment },
});

it.each([
  ["its name", "target"],
  ["its ARN", arnOf("target")],
  ["the ARN of a version", `${arnOf("target")}:3`],
])("a function that has %s of another in its environment uses it", (_, text) => {
  const app = {
    ...{ apis: [], tables: [], queues: [], schedules: [], eventSources: [] },
    functions: [
      fn("caller", { SST_RESOURCE_Target: JSON.stringify({ names: [text] }) }),
      fn("target"),
      fn("tar"),
    ],
  } as unknown as App;

  expect(architectureOf(app, []).edges).toEqual([
    { from: arnOf("caller"), to: arnOf("target"), kind: "call" },
  ]);
});
