import { describe, expect, it } from "vitest";
import { graphOf, typed } from "../support/graph.ts";
import { synthesizeVariant } from "../support/variant.ts";

/** Returns the ARNs that the API invokes, those that the warmer invokes, and those that it may invoke. */
function invokedArns({ all, links }: ReturnType<typeof typed>) {
  const roles = all("aws:iam/role:Role").filter(({ name }) => name === "WarmerRole");
  const statements = roles.flatMap(({ inlinePolicies }) =>
    inlinePolicies.flatMap(({ policy }) => policy.Statement),
  );
  const ofLambda = statements.filter(({ Action }) => Action.includes("lambda:InvokeFunction"));
  const { functionArns } = links.InvokeApi as { functionArns: string[] };
  return {
    // GET and HEAD of a path share a function.
    byApi: [
      ...new Set(all("aws:apigatewayv2/integration:Integration").map((one) => one.integrationUri)),
    ],
    byWarmer: functionArns,
    allowed: ofLambda.flatMap(({ Resource }) => Resource),
  };
}

describe("the warmer", () => {
  it("invokes the versions that the API invokes when concurrency is provisioned", async () => {
    const graph = await synthesizeVariant("production", {
      "infra/stage.ts": (text) =>
        text.replace("provisionedInstances: 0,", "provisionedInstances: 1,"),
    });

    const { byApi, byWarmer, allowed } = invokedArns(typed(graph));

    expect(byApi.length).toBeGreaterThan(10);
    for (const arn of byApi) expect(arn).toMatch(/:function:[^:]+:[^:]+$/);
    expect(byWarmer.toSorted()).toEqual(byApi.toSorted());
    expect(allowed.toSorted()).toEqual(byApi.toSorted());
  });

  it.each(["offline", "production"])(
    "invokes the functions that the API of %s invokes",
    (stage) => {
      const { byApi, byWarmer, allowed } = invokedArns(graphOf(stage));

      expect(byWarmer.toSorted()).toEqual(byApi.toSorted());
      expect(allowed.toSorted()).toEqual(byApi.toSorted());
    },
  );
});
