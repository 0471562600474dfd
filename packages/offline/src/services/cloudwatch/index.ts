import { defineService } from "../../runtime/service.ts";

/** CloudWatch and CloudWatch Logs. They are not started: metrics have no purpose offline, and the terminal prints logs. */
export const cloudwatch = defineService({
  name: "cloudwatch",
  resourceTypes: {
    "aws:cloudwatch/dashboard:Dashboard": {
      outputs: ({ accountId, input }) => ({
        id: input("dashboardName"),
        dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${input("dashboardName")}`,
      }),
    },
    "aws:cloudwatch/logGroup:LogGroup": {
      outputs: ({ arn, physicalName }) => ({ arn: arn("logs", `log-group:${physicalName}`) }),
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
      outputs: ({ arn, physicalName }) => ({ arn: arn("cloudwatch", `alarm:${physicalName}`) }),
    },
  },
});
