import { createRegistry } from "@petstore/offline/runtime/context";
import { describe, expect, it } from "vitest";

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:Clean";

describe("a runtime without functions", () => {
  it("refuses an event, so that its sender can retry or report it", () => {
    expect(() => createRegistry().provided.invokeAsync(functionArn, "{}")).toThrow(
      expect.objectContaining({ name: "ResourceNotFoundException" }),
    );
  });
});
