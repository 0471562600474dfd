import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { functionLine, invocationLine, requestLine } from "../cli/terminal.ts";
import { createActivity } from "../console/activity.ts";
import { startConsole } from "../console/console.ts";
import type { InvocationSource } from "../console/model.ts";
import type { App } from "../graph/app.ts";
import { loadSimulator } from "../services/iam/simulate.ts";
import { type AsyncInvoke, startAsyncInvoke } from "../services/lambda/async-invoke.ts";
import { type Sources, startSources } from "../services/lambda/event-sources/start.ts";
import type { Invoke } from "../services/lambda/invoke.ts";
import { startLambda } from "../services/lambda/lambda.ts";
import type { Traces } from "../services/xray/traces.ts";
import { startXRay } from "../services/xray/xray.ts";
import { openLogFile } from "../state/log-file.ts";
import type { State } from "../state/state.ts";
import { fullDiskOf } from "../state/state-file.ts";
import { gatherLines } from "../util/gather-lines.ts";
import { type Keep, startAws } from "./aws.ts";
import { publishEndpoint } from "./endpoint-file.ts";
import { startGateways } from "./gateways.ts";

/** DynamoDB operations after which a table's stream may have something new. */
const WRITE = /^(Put|Update|Delete|BatchWrite|TransactWrite|ExecuteStatement|BatchExecute)/;

/** In milliseconds. */
const PREBUILD_DELAY = 30_000;

/** Milliseconds that the parts have to close after a failed start. */
const CLOSE_TIMEOUT = 1_500;

export interface RuntimeOptions {
  app: App;
  root: string;
  state: State;
  /** Port of the first API; every further one takes the next, then the issuer of tokens, then the console. */
  port: number;
  engine?: string | undefined;
  /** All that functions write is logged, and not only what is wrong. */
  verbose: boolean;
  log: (line: string) => void;
  /** The runtime cannot go on, and why. */
  onFailure: (reason: string) => void;
}

export interface Runtime {
  /** Base URLs of the APIs, in the order of the graph. */
  urls: string[];
  /** URLs of the user pools' issuers, in the order of the graph. */
  issuers: string[];
  consoleUrl: string;
  engine: string;
  /** The requests of late, as X-Ray has them. */
  traces: Traces;
  /** Ends all that was started, the last one first. */
  close(): Promise<void>;
}

/**
 * Hosts an app: the DynamoDB engine with its tables, the AWS endpoint before it, the functions that
 * call the endpoint, and the gateways that invoke the functions.
 *
 * @throws UserError when a part cannot start; what had started by then is ended, or ends with the
 *   process
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const started = new AsyncDisposableStack();
  let hasFailed = false;
  const log = (line: string) => {
    // Invocations that a failed start cuts off would hide the reason.
    if (!hasFailed) options.log(line);
  };
  try {
    return await startParts({ ...options, log }, started);
  } catch (error) {
    hasFailed = true;
    await Promise.race([started.disposeAsync().catch(() => {}), sleep(CLOSE_TIMEOUT)]);
    throw error;
  }
}

async function startParts(
  options: RuntimeOptions,
  started: AsyncDisposableStack,
): Promise<Runtime> {
  const { app, root, state, verbose, log, onFailure } = options;
  const activity = createActivity(app);
  const keep: Keep = (part) => started.adopt(part, () => part.close());

  // It takes a moment to load, in which the engine starts.
  void loadSimulator();
  // Functions call Lambda through the endpoint, and Lambda starts functions that know the endpoint.
  const invokeFrom =
    (source: InvocationSource): Invoke =>
    async (functionArn, payload, { requestId = randomUUID(), ...rest } = {}) => {
      activity.invoked(requestId, source, payload);
      const result = await lambda.invoke(functionArn, payload, { requestId, ...rest });
      activity.returned(requestId);
      return result;
    };
  const invokeAsync: AsyncInvoke["accept"] = (...call) => asyncInvoke.accept(...call);
  let sources: Sources | undefined;
  const functions = app.functions;
  const accountId = functions[0]?.arn.split(":")[4] ?? "";
  const { engine, sqs, mailbox, access, issuers, operator, environmentOf } = await startAws(
    {
      app,
      accountId,
      state,
      engine: options.engine,
      issuerPort: options.port && options.port + app.apis.length,
      invoke: invokeFrom("call"),
      invokeAsync,
      onCall(call) {
        activity.called(call);
        const fullDisk = call.status >= 500 ? fullDiskOf(state.directory) : undefined;
        if (fullDisk) onFailure(fullDisk);
        if (call.service === "dynamodb" && WRITE.test(call.operation)) sources?.wake();
      },
      onQueueChange: () => activity.changed("queues"),
      log,
      onFailure,
    },
    keep,
  );

  const xray = keep(await startXRay(log));
  // Requests that functions still work on when all is closed are logged too: the log outlives them.
  const accessLog = keep(openAccessLog(state.directory, log));
  const lambda = keep(
    await startLambda({
      functions,
      projectRoot: root,
      stateDir: state.directory,
      environment: (fn) => ({ ...environmentOf(fn), AWS_XRAY_DAEMON_ADDRESS: xray.address }),
      onExecuted(fn, execution) {
        xray.executed(fn, execution);
        const invocation = activity.executed(fn, execution);
        if (invocation.source !== "api") log(invocationLine(invocation));
      },
      log(functionName, line, stream, requestId) {
        activity.wrote(functionName, line, stream, requestId);
        const shown = functionLine(functionName, line, stream, verbose);
        if (shown !== undefined) log(shown);
      },
      onReload: (functionName, ms) => log(`Reloaded ${functionName} in ${Math.round(ms)} ms`),
    }),
  );

  const asyncInvoke = keep(
    startAsyncInvoke({
      functions,
      stateDir: state.directory,
      invoke: invokeFrom("event"),
      log,
      onFailure,
    }),
  );
  sources = await startSources(
    {
      app,
      state,
      dynamodbEndpoint: engine.endpoint,
      sqsEndpoint: sqs.endpoint,
      access,
      invokeQueue: invokeFrom("queue"),
      invokeStream: invokeFrom("stream"),
      invokeAsync,
      log,
      onFailure,
    },
    keep,
  );

  const urls = await startGateways(
    {
      app,
      accountId,
      port: options.port,
      issuers,
      invoke: invokeFrom("api"),
      accessLog: accessLog.write,
      onRequest: (...request) => log(requestLine(activity.answered(...request))),
    },
    keep,
  );

  keep(publishEndpoint(state.directory, { ...operator, apis: urls, issuers }));

  const { url: consoleUrl } = keep(
    await startConsole({
      app,
      activity,
      traces: xray.traces,
      lambda,
      sqs,
      redeliver: sources.redeliver,
      mailbox,
      dynamodbEndpoint: engine.endpoint,
      engine: engine.engine,
      urls,
      port: options.port && options.port + app.apis.length + 1,
    }),
  );

  // Nobody has to wait for these builds; they only take them off later requests. The first ones often
  // come at once, and shall have the processors to themselves.
  const prebuilding = setTimeout(() => void lambda.prebuild(), PREBUILD_DELAY);
  started.defer(() => clearTimeout(prebuilding));

  return {
    urls,
    consoleUrl,
    issuers: Object.values(issuers),
    engine: engine.engine,
    traces: xray.traces,
    close: () => started.disposeAsync(),
  };
}

function openAccessLog(stateDirectory: string, log: (line: string) => void) {
  const file = openLogFile(join(stateDirectory, "access.log"), { flags: "a", onStop: log });
  const lines = gatherLines(file.write);
  return {
    write: lines.write,
    async close() {
      lines.flush();
      await file.close();
    },
  };
}
