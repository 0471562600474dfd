import type { HttpResponse } from "@petstore/offline/runtime/endpoint/forward";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { openState } from "@petstore/offline/state/state";
import { temporaryFolder } from "./offline.ts";
import { type Passing, startProxy } from "./proxy.ts";

/**
 * Starts a DynamoDB engine with a proxy that intercepts the calls of functions, not those of the
 * runtime. Start the runtime with `options`; the engine continues when the runtime ends.
 */
export async function startEngineProxy(handle: (passing: Passing) => Promise<HttpResponse>) {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const state = started.adopt(openState(folder.path), (state) => state.close());
  const engine = started.adopt(
    await startDynamoDb({ state, onExit: (reason) => console.error(reason) }),
    (engine) => engine.close(),
  );
  // Only functions have access keys in AWS's format.
  const proxy = started.use(
    await startProxy(
      () => engine.endpoint,
      (passing) => (passing.accessKeyId?.startsWith("AKIA") ? handle(passing) : passing.pass()),
    ),
  );
  const parts = started.move();
  return {
    /** URL of the engine, without the proxy. */
    endpoint: engine.endpoint,
    options: { args: ["--engine", "endpoint"], env: { DYNAMODB_ENDPOINT: proxy.url } },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
