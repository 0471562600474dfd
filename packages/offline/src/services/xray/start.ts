import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { startXRay } from "./xray.ts";

export async function start({ events, log }: ServiceContext): Promise<RunningService> {
  const daemon = await startXRay(log);
  events.on("executed", daemon.executed);
  return {
    environment: { AWS_XRAY_DAEMON_ADDRESS: daemon.address },
    provides: { traces: daemon.traces },
    close: daemon.close,
  };
}
