import { apiFunctions } from "./api";
import { lambda } from "./function";
import { stage } from "./stage";

// With provisioned concurrency the API invokes a version: warming the unpublished code is useless.
const targets = apiFunctions.map(({ fn }) => fn.targetArn);

const invokeApi = new sst.Linkable("InvokeApi", {
  properties: { functionArns: targets, instances: Math.max(1, stage.warm) },
  include: [sst.aws.permission({ actions: ["lambda:InvokeFunction"], resources: targets })],
});

/**
 * Keeps instances of the API's functions warm. It is declared in every stage, so that every stage
 * writes the same `sst-env.d.ts`; stages that do not schedule it can invoke it (`npm run warm`).
 */
const warmer = lambda("Warmer", {
  handler: "packages/functions/src/warmer/ping.handler",
  seconds: 20,
  link: [invokeApi],
  withEventStreams: true,
});

if (stage.warm > 0) {
  new sst.aws.CronV2("WarmerSchedule", { schedule: "rate(5 minutes)", function: warmer.arn });
}
