import { defineService } from "../../runtime/service.ts";

/** X-Ray: traces of invocations. */
export const xray = defineService<true>({
  name: "xray",
  resourceTypes: {
    "aws:xray/samplingRule:SamplingRule": {
      outputs: ({ arn, input }) => ({
        id: input("ruleName"),
        arn: arn("xray", `sampling-rule/${input("ruleName")}`),
      }),
    },
  },
  readResources: ({ builds }) => (builds.length > 0 ? true : undefined),
  start: async (context) => (await import("./start.ts")).start(context),
});
