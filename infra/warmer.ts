import { apiFunctions } from "./api";
import { createFunction } from "./function";
import { stage } from "./stage";

// With provisioned concurrency, the API invokes a published version; warming $LATEST has no effect.
const targets = apiFunctions.map(({ fn }) => fn.targetArn);

const invokeApi = new sst.Linkable("InvokeApi", {
  properties: { functionArns: targets, instances: Math.max(1, stage.warmInstances) },
  include: [sst.aws.permission({ actions: ["lambda:InvokeFunction"], resources: targets })],
});

/**
 * Invokes the API's functions so that their instances stay warm. Every stage declares it, so that
 * every stage writes the same `sst-env.d.ts`; `npm run warm` invokes it where no schedule does.
 */
const warmer = createFunction("Warmer", {
  handler: "packages/functions/src/warmer/ping.handler",
  timeoutSeconds: 20,
  link: [invokeApi],
  readsEventStreams: true,
});

if (stage.warmInstances > 0) {
  new sst.aws.CronV2("WarmerSchedule", { schedule: "rate(5 minutes)", function: warmer.arn });
}
