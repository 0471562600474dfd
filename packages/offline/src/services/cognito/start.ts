import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { startIssuer } from "./issuer.ts";
import type { UserPool } from "./resources.ts";

/** Starts the issuer of access tokens for all user pools. */
export async function start(context: ServiceContext<UserPool[]>): Promise<RunningService> {
  const { resources: pools, ports, state, clock } = context;
  const issuer = await startIssuer({
    pools,
    port: ports[0] as number,
    stateDirectory: state.directory,
    invoke: context.invokerFor("call"),
    clock,
  });
  return {
    localUrls: issuer.urls,
    describe: () =>
      Object.values(issuer.urls).map(
        (url) => `Tokens      ${url}  npm run --silent token -- --sub <user> --scope <scope>`,
      ),
    close: issuer.close,
  };
}
