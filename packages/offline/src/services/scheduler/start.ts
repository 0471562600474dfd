import { requirePermissions } from "../../runtime/authorization.ts";
import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import type { Schedule } from "./resources.ts";
import { startScheduler } from "./scheduler.ts";

export async function start(context: ServiceContext<Schedule[]>): Promise<RunningService> {
  const { resources: schedules, graph, authorize, invokeAsync, clock, log } = context;
  const isInApp = ({ targetArn }: Schedule) =>
    graph.resources.some(({ state }) => state.arn === targetArn);

  return {
    architecture: () => ({
      nodes: schedules.map(({ arn, name }) => ({
        ...{ id: arn, kind: "schedule", name, link: "functions", note: "" },
      })),
      edges: schedules.map(({ arn, targetArn }) => ({
        ...{ from: arn, to: targetArn, kind: "source" },
      })),
    }),
    async run() {
      for (const { name, targetArn, deadLetterArn } of schedules.filter(
        (schedule) => schedule.enabled && isInApp(schedule),
      )) {
        await requirePermissions(authorize, { caller: name, purpose: name }, [
          { action: "lambda:InvokeFunction", resources: [targetArn] },
          ...(deadLetterArn
            ? [{ action: "sqs:SendMessage", resources: [deadLetterArn] as [string] }]
            : []),
        ]);
      }
      return startScheduler({
        schedules,
        invoke: invokeAsync,
        sendToQueue: context.sendTo,
        clock,
        log,
      });
    },
    close: async () => {},
  };
}
