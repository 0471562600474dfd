import { randomUUID } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Access, createAccess } from "./access/access.ts";
import { openPermissions } from "./access/record.ts";
import { loadSimulator } from "./access/simulate.ts";
import { createActivity } from "./console/activity.ts";
import { startConsole } from "./console/console.ts";
import type { InvocationSource } from "./console/model.ts";
import { startDynamoDb } from "./emulators/dynamodb.ts";
import { openMailbox } from "./emulators/mailbox.ts";
import { startSqs } from "./emulators/sqs.ts";
import { ensureTables } from "./emulators/tables.ts";
import type { Credentials } from "./endpoint/credentials.ts";
import { dynamodb } from "./endpoint/dynamodb.ts";
import { startEndpoint } from "./endpoint/endpoint.ts";
import { lambda as lambdaService } from "./endpoint/lambda.ts";
import { ses } from "./endpoint/ses.ts";
import { queueUrlsAt, sqs } from "./endpoint/sqs.ts";
import { publishEndpoint } from "./endpoint-file.ts";
import { startGateway } from "./gateway/gateway.ts";
import type { App, HttpApi } from "./graph/app.ts";
import { type Issuer, startIssuer } from "./issuer/issuer.ts";
import { type AsyncInvoke, startAsyncInvoke } from "./lambda/async-invoke.ts";
import type { Invoke } from "./lambda/invoke.ts";
import { startLambda } from "./lambda/lambda.ts";
import { gatherLines } from "./lines.ts";
import { withLocalUrls } from "./local-urls.ts";
import { type Sources, startSources } from "./sources/sources.ts";
import type { State } from "./state/state.ts";
import { functionLine, invocationLine, requestLine } from "./terminal.ts";
import type { Traces } from "./xray/traces.ts";
import { startXRay } from "./xray/xray.ts";

/** The person at the terminal, as a caller of the endpoint. */
const OPERATOR = "operator";

/** DynamoDB operations after which a table's stream may have something new. */
const WRITE = /^(Put|Update|Delete|BatchWrite|TransactWrite|ExecuteStatement|BatchExecute)/;

/** In milliseconds. */
const PREBUILD_DELAY = 5_000;

export interface RuntimeOptions {
  app: App;
  root: string;
  state: State;
  /** Port of the first API; every further one takes the next, and the issuer of tokens the last. */
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
 * @throws UserError when a part cannot start; what had started by then is ended
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { app, root, state, verbose, log, onFailure } = options;
  const activity = createActivity(app);
  await using started = new AsyncDisposableStack();
  const keep = <T extends { close(): Promise<void> }>(part: T) =>
    started.adopt(part, () => part.close());

  // It takes a moment to load, in which the engine starts.
  void loadSimulator();
  const engine = keep(
    await startDynamoDb({
      state,
      engine: options.engine,
      endpoint: process.env.DYNAMODB_ENDPOINT,
      onExit: onFailure,
    }),
  );
  await ensureTables(engine.endpoint, app.tables);
  const sqsEmulator = keep(
    await startSqs({ state, queues: app.queues, onChange: () => activity.changed("queues") }),
  );
  const mailbox = keep(openMailbox(state.directory));

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
  const permissions = keep(openPermissions(state.directory));
  const access = createAccess({ app, record: permissions.record, log });
  const endpoint = keep(
    await startEndpoint({
      callers: [OPERATOR, ...functions.map(({ name }) => name)],
      services: [
        dynamodb(engine.endpoint, app.tables),
        sqs(sqsEmulator.endpoint),
        lambdaService({ functions, invoke: invokeFrom("call"), invokeAsync }),
        ses(mailbox),
      ],
      access: exceptOf(OPERATOR, access),
      home: { region: app.region, accountId },
      record(call) {
        const { service, operation } = call;
        activity.called(call);
        if (service === "dynamodb" && WRITE.test(operation)) sources?.wake();
      },
      log,
    }),
  );
  const issuers = app.userPools.length > 0 ? keep(await startIssuerOf(options)).urls : {};
  const localUrls = { ...queueUrlsAt(endpoint.url, app.queues), ...issuers };
  const credentials = endpoint.credentials(OPERATOR);
  keep(publishEndpoint(state.directory, { url: endpoint.url, issuers, ...credentials }));

  const xray = keep(await startXRay());
  // Requests that functions still work on when all is closed are logged too: the log outlives them.
  const accessLog = keep(openLog(join(state.directory, "access.log")));
  const lambda = keep(
    await startLambda({
      functions,
      projectRoot: root,
      stateDir: state.directory,
      environment: (fn) => ({
        ...withLocalUrls(localUrls, fn.environment),
        ...environmentOf(endpoint.url, endpoint.credentials(fn.name)),
        AWS_XRAY_DAEMON_ADDRESS: xray.address,
      }),
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
    }),
  );
  sources = keep(
    await startSources({
      app,
      state,
      dynamodbEndpoint: engine.endpoint,
      sqsEndpoint: sqsEmulator.endpoint,
      access,
      invokeQueue: invokeFrom("queue"),
      invokeStream: invokeFrom("stream"),
      invokeAsync,
      log,
    }),
  );

  const urls: string[] = [];
  const names = new Map(app.functions.map(({ arn, name }) => [arn, name]));
  for (const [index, api] of app.apis.entries()) {
    const gateway = keep(
      await startGateway({
        api: withIssuers(issuers, api),
        port: options.port && options.port + index,
        accountId,
        invoke: invokeFrom("api"),
        accessLog: accessLog.write,
        onRequest(record) {
          const functionName = names.get(record.functionArn ?? "");
          log(requestLine(activity.answered(record, api.apiId, functionName)));
        },
      }),
    );
    urls.push(gateway.url);
  }

  const { url: consoleUrl } = keep(
    await startConsole({
      app,
      activity,
      traces: xray.traces,
      lambda,
      sqs: sqsEmulator,
      mailbox,
      dynamodbEndpoint: engine.endpoint,
      engine: engine.engine,
      urls,
      port: options.port && options.port + app.apis.length + 1,
    }),
  );

  // Nobody has to wait for these builds; they only take them off later requests. The first one often
  // comes at once, and shall have the processors to itself.
  const prebuilding = setTimeout(() => void lambda.prebuild(), PREBUILD_DELAY);
  started.defer(() => clearTimeout(prebuilding));

  const parts = started.move();
  return {
    urls,
    consoleUrl,
    issuers: Object.values(issuers),
    engine: engine.engine,
    traces: xray.traces,
    close: () => parts.disposeAsync(),
  };
}

const startIssuerOf = ({ app, port, state }: RuntimeOptions) =>
  startIssuer({
    pools: app.userPools,
    port: port && port + app.apis.length,
    stateDirectory: state.directory,
  });

/** An API that takes the tokens of the issuers here; those of others it takes as it did. */
const withIssuers = (issuers: Issuer["urls"], api: HttpApi): HttpApi => ({
  ...api,
  authorizers: api.authorizers.map((authorizer) => ({
    ...authorizer,
    issuer: issuers[authorizer.issuer] ?? authorizer.issuer,
  })),
});

/** One caller may do everything. */
const exceptOf = (caller: string, access: Access): Access => ({
  check: async (name, needs) => (name === caller ? undefined : access.check(name, needs)),
});

/** What a function needs to find the endpoint, and to be known there. */
const environmentOf = (url: string, { accessKeyId, secretAccessKey }: Credentials) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

function openLog(path: string) {
  const file = openSync(path, "a");
  const lines = gatherLines((text) => writeSync(file, text));
  return {
    write: lines.write,
    async close() {
      lines.flush();
      closeSync(file);
    },
  };
}
