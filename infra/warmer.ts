import { apiFunctions } from "./api";
import { lambda } from "./function";
import { stage } from "./stage";

/** Keeps instances of the API's functions warm, in stages that ask for it. */
if (stage.warm > 0) {
  const invokeApi = new sst.Linkable("InvokeApi", {
    properties: { functionNames: apiFunctions.map(({ fn }) => fn.name), instances: stage.warm },
    include: [
      sst.aws.permission({
        actions: ["lambda:InvokeFunction"],
        resources: apiFunctions.map(({ fn }) => fn.arn),
      }),
    ],
  });
  const warmer = lambda("Warmer", {
    handler: "packages/functions/src/warmer/warm.handler",
    seconds: 20,
    link: [invokeApi],
    withEventStreams: true,
  });
  new sst.aws.CronV2("WarmerSchedule", { schedule: "rate(5 minutes)", function: warmer.arn });
}
