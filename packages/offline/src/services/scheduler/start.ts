import { permissionToSend, requirePermissions } from "../../runtime/authorization.ts";
import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import type { Schedule } from "./resources.ts";
import { startScheduler } from "./scheduler.ts";

/** Starts EventBridge Scheduler. */
export async function start(context: ServiceContext<Schedule[]>): Promise<RunningService> {
  const { resources: schedules, functions, authorize, invokeAsync, clock, log } = context;
  const isInApp = ({ targetArn }: Schedule) => functions.some(({ arn }) => arn === targetArn);

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
          ...(deadLetterArn ? [permissionToSend(deadLetterArn)] : []),
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
