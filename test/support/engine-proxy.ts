import type { HttpResponse } from "@petstore/offline/runtime/endpoint/forward";
import { startDynamoDb } from "@petstore/offline/services/dynamodb/engine";
import { openState } from "@petstore/offline/state/state";
import { temporaryFolder } from "./offline.ts";
import { type Passing, startProxy } from "./proxy.ts";

/**
 * A DynamoDB engine behind a proxy, for the calls that functions make of it; those of the runtime
 * itself pass. Start the runtime with `options`: the engine outlives it.
 */
export async function startEngineProxy(handle: (passing: Passing) => Promise<HttpResponse>) {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await temporaryFolder());
  const state = started.adopt(openState(folder.path), (state) => state.close());
  const engine = started.adopt(
    await startDynamoDb({ state, onExit: (reason) => console.error(reason) }),
    (engine) => engine.close(),
  );
  // Functions' keys are of AWS's form.
  const proxy = started.use(
    await startProxy(
      () => engine.endpoint,
      (passing) => (passing.accessKeyId?.startsWith("AKIA") ? handle(passing) : passing.pass()),
    ),
  );
  const parts = started.move();
  return {
    /** Of the engine itself. */
    endpoint: engine.endpoint,
    options: { args: ["--engine", "endpoint"], env: { DYNAMODB_ENDPOINT: proxy.url } },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
