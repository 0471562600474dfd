import { defineService } from "../../runtime/service.ts";
import { readSchedules, type Schedule } from "./resources.ts";

/** EventBridge Scheduler: schedules that invoke functions. */
export const scheduler = defineService<Schedule[]>({
  name: "scheduler",
  resourceTypes: {
    "aws:scheduler/schedule:Schedule": {
      outputs: ({ arn, physicalName }) => ({
        id: `default/${physicalName}`,
        arn: arn("scheduler", `schedule/default/${physicalName}`),
      }),
    },
  },
  readResources(graph) {
    const schedules = readSchedules(graph);
    return schedules.length > 0 ? schedules : undefined;
  },
  principals: (schedules) =>
    schedules.map(({ name, roleArn }) => ({ name, roleArn, sessionName: name })),
  start: async (context) => (await import("./start.ts")).start(context),
});
