import type { Authorize } from "@petstore/offline/runtime/authorization";
import type { ServiceContext } from "@petstore/offline/runtime/service";
import type { Schedule } from "@petstore/offline/services/scheduler/resources";
import { start } from "@petstore/offline/services/scheduler/start";
import { describe, expect, it } from "vitest";
import { createTestClock } from "../../support/clock.ts";

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:Clean";
const queueArn = "arn:aws:sqs:us-east-1:123456789012:jobs";

/** Starts a schedule whose role has no permission, in an app with a function and a queue. */
async function run(targetArn: string) {
  const schedule: Schedule = {
    name: "Nightly",
    arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/default/Nightly",
    expression: "rate(1 day)",
    timezone: "UTC",
    enabled: true,
    targetArn,
    roleArn: "arn:aws:iam::123456789012:role/nightly",
    input: "{}",
    maximumRetryAttempts: 0,
  };
  const authorize: Authorize = async (principal, [permission]) =>
    permission && { principal, action: permission.action, resource: targetArn, isExplicit: false };
  const context = {
    resources: [schedule],
    functions: [{ name: "Clean", functionName: "clean", arn: functionArn }],
    graph: { resources: [functionArn, queueArn].map((arn) => ({ state: { arn } })) },
    authorize,
    clock: createTestClock(),
  } as unknown as ServiceContext<Schedule[]>;
  const service = await start(context);
  const running = await service.run?.();
  await running?.close();
}

describe("the start of schedules", () => {
  it("fails when a role cannot invoke a function of the app", async () => {
    await expect(run(functionArn)).rejects.toThrow("lambda:InvokeFunction");
  });

  it("does not require permissions of Lambda for another target", async () => {
    await expect(run(queueArn)).resolves.toBeUndefined();
  });
});
