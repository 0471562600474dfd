import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { createAuthorizer, openPermissions } from "./authorize.ts";
import type { Role } from "./resources.ts";
import { loadSimulator } from "./simulate.ts";

/** Starts the authorization of all calls of AWS, and the log of its decisions. */
export async function start(context: ServiceContext<Role[]>): Promise<RunningService> {
  const { resources: roles, graph, principals, state, log } = context;
  // Loading takes 0.1 s, during which the other services start.
  void loadSimulator();
  const decisions = openPermissions(state.directory, log);
  const authorizer = createAuthorizer({
    ...{ roles, principals, log },
    grants: graph.grants,
    record: decisions.record,
  });
  return { provides: { authorize: authorizer.check }, close: decisions.close };
}
