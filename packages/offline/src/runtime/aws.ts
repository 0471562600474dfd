import type { App, LambdaFunction } from "../graph/app.ts";
import { startIssuer } from "../services/cognito/issuer.ts";
import { dynamodb } from "../services/dynamodb/api.ts";
import { startDynamoDb } from "../services/dynamodb/engine.ts";
import { ensureTables } from "../services/dynamodb/tables.ts";
import { type Access, createAccess } from "../services/iam/authorize.ts";
import { openPermissions } from "../services/iam/decision-log.ts";
import { lambda } from "../services/lambda/api.ts";
import type { AsyncInvoke } from "../services/lambda/async-invoke.ts";
import type { Invoke } from "../services/lambda/invoke.ts";
import { ses } from "../services/ses/api.ts";
import { openMailbox } from "../services/ses/mailbox.ts";
import { queueUrlsAt, sqs } from "../services/sqs/api.ts";
import { startSqs } from "../services/sqs/server.ts";
import type { State } from "../state/state.ts";
import { fullDiskOf } from "../state/state-file.ts";
import { UserError } from "../util/user-error.ts";
import { type AwsCall, startEndpoint } from "./endpoint/endpoint.ts";
import { withLocalUrls } from "./local-urls.ts";

/** The person at the terminal, as a caller of the endpoint. */
const OPERATOR = "operator";

export interface AwsOptions {
  app: App;
  accountId: string;
  state: State;
  engine?: string | undefined;
  /** Of the issuer of tokens; 0 takes any free one. */
  issuerPort: number;
  /** What functions do when functions call them. */
  invoke: Invoke;
  invokeAsync: AsyncInvoke["accept"];
  /** Hears of every call that was passed on. */
  onCall: (call: AwsCall) => void;
  onQueueChange: () => void;
  log: (line: string) => void;
  onFailure: (reason: string) => void;
}

/** Sees to it that a part is closed with the others. */
export type Keep = <T extends { close(): Promise<void> }>(part: T) => T;

/**
 * Starts what functions call: the DynamoDB engine with its tables, SQS, the mailbox, the issuer of
 * tokens, and the one endpoint before them, which decides who may do what.
 *
 * @throws UserError when a part cannot start
 */
export async function startAws(options: AwsOptions, keep: Keep) {
  const { app, accountId, state, invoke, invokeAsync, log } = options;
  const engine = await startEngine(options, keep).catch((error) => {
    const fullDisk = fullDiskOf(state.directory);
    throw fullDisk ? new UserError(fullDisk, { cause: error }) : error;
  });
  const { queues, functions } = app;
  const { onQueueChange: onChange, onFailure } = options;
  const sqsEmulator = keep(await startSqs({ state, queues, onChange, onFailure }));
  const mailbox = keep(openMailbox(state.directory, onFailure));
  const permissions = keep(openPermissions(state.directory, log));
  const access = createAccess({ app, record: permissions.record, log });
  const endpoint = keep(
    await startEndpoint({
      callers: [OPERATOR, ...functions.map(({ name }) => name)],
      services: [
        dynamodb(engine.endpoint, app.tables),
        sqs(sqsEmulator.endpoint),
        lambda({ functions, invoke, invokeAsync }),
        ses(mailbox, app.mailIdentities),
      ],
      access: exceptOf(OPERATOR, access),
      home: { region: app.region, accountId },
      record: options.onCall,
      log,
    }),
  );
  const issuer = {
    pools: app.userPools,
    port: options.issuerPort,
    stateDirectory: state.directory,
    invoke,
  };
  const issuers = app.userPools.length > 0 ? keep(await startIssuer(issuer)).urls : {};
  const localUrls = { ...queueUrlsAt(endpoint.url, queues), ...issuers };

  return {
    engine,
    sqs: sqsEmulator,
    mailbox,
    access,
    /** The URL here of each issuer on AWS that is hosted. */
    issuers,
    /** What the person at the terminal needs to call the endpoint. */
    operator: { url: endpoint.url, ...endpoint.credentials(OPERATOR) },
    /** What a function needs to find all that, and to be known there. */
    environmentOf(fn: LambdaFunction) {
      const { accessKeyId, secretAccessKey } = endpoint.credentials(fn.name);
      return {
        ...withLocalUrls(localUrls, fn.environment),
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
    },
  };
}

async function startEngine({ app, state, engine, onFailure }: AwsOptions, keep: Keep) {
  const { DYNAMODB_ENDPOINT: endpoint } = process.env;
  const started = keep(await startDynamoDb({ state, engine, endpoint, onExit: onFailure }));
  await ensureTables(started.endpoint, app.tables);
  return started;
}

/** One caller may do everything. */
const exceptOf = (caller: string, access: Access): Access => ({
  check: async (name, needs) => (name === caller ? undefined : access.check(name, needs)),
});
