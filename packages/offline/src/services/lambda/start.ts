import type { InvokeAsync } from "../../runtime/invocation.ts";
import type { RunningService, ServiceContext } from "../../runtime/service.ts";
import { createLambdaApi } from "./api.ts";
import { type AsyncInvoke, startAsyncInvoke } from "./async-invoke.ts";
import { createConsoleView } from "./console.ts";
import { failedBatchesAt, startPollers } from "./event-source-mappings.ts";
import { startLambda } from "./lambda.ts";
import type { LambdaResources } from "./resources.ts";

/** Milliseconds until functions without invocations are built. Until then, the first requests need the CPU. */
const PREBUILD_DELAY_MS = 30_000;

/** Starts Lambda: the functions' processes, asynchronous invocations and event source mappings. */
export async function start(context: ServiceContext<LambdaResources>): Promise<RunningService> {
  const { projectRoot, state, events, log, fail } = context;
  const { functions } = context.resources;
  const service = await startLambda({
    functions,
    projectRoot,
    stateDir: state.directory,
    environment: (fn) => context.environmentOf(fn.name, fn.environment),
    onExecuted: (fn, execution) => events.emit("executed", fn, execution),
    log: (functionName, text, stream, requestId) =>
      events.emit("logged", { functionName, text, stream, requestId }),
    onReload: (functionName, ms) => log(`Reloaded ${functionName} in ${Math.round(ms)} ms`),
  });
  // Stored events of an earlier run are delivered at once, so the other services must have started before.
  let asyncInvoke: AsyncInvoke | undefined;
  const invokeAsync: InvokeAsync = (...invocation) => {
    if (!asyncInvoke) throw new Error("Lambda does not accept events before all services started.");
    asyncInvoke.accept(...invocation);
  };

  async function close() {
    await asyncInvoke?.close();
    await service.close();
  }

  return {
    api: createLambdaApi({ functions, invoke: context.invokerFor("call"), invokeAsync }),
    provides: {
      invoke: service.invoke,
      invokeAsync,
      failedBatchesAt: (destinationArn) => failedBatchesAt(destinationArn, context),
    },
    ...createConsoleView(context, service),
    async run() {
      asyncInvoke = startAsyncInvoke({
        functions,
        stateDir: state.directory,
        invoke: context.invokerFor("event"),
        clock: context.clock,
        log,
        onFailure: fail,
      });
      const pollers = await startPollers(context);
      const cancelPrebuild = context.clock.schedule(
        () => void service.prebuild(),
        PREBUILD_DELAY_MS,
      );
      return {
        async close() {
          cancelPrebuild();
          await pollers.close();
          await close();
        },
      };
    },
    close,
  };
}
