import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { loadGraph } from "@petstore/offline/graph/load";
import { findEndpoint, publishEndpoint } from "@petstore/offline/runtime/endpoint-file";
import { readMailbox } from "@petstore/offline/services/ses/mailbox";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { aPet, type Call, clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { petEvent } from "../support/event.ts";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";
import { asOperator, queuesOf, runScript } from "../support/operator.ts";
import { changedProject, mailThrough } from "../support/project.ts";
import { type Passing, refusal, startProxy } from "../support/proxy.ts";

const POISON = "poison@example.com";
/** Faults until they are switched off: mails to one address, and transactions of the table. */
const faults = { mail: true, transactions: true };
/** Times (ms since the epoch) at which SES received the mail of the poison message. */
const attempts: number[] = [];
/** Messages that `redrive` sent to SQS. */
const resent: object[] = [];

const parts = new AsyncDisposableStack();
let state: string;
let offline: Offline;
let call: Call;
let queues: ReturnType<typeof queuesOf>;
let redrive: (...args: string[]) => ReturnType<typeof runScript>;

/** Failures after which a message is a dead letter. */
const FAILURES = 5;

/** Creates a project with short retry delays, whose mail goes through a proxy. */
const createProject = (mailUrl: string) =>
  changedProject((resource) => {
    mailThrough(mailUrl, resource);
    const { name, state } = resource;
    if (name === "NotificationsQueue") state.visibilityTimeoutSeconds = 2;
    if (state.maximumRetryAttempts !== undefined) state.maximumRetryAttempts = 1;
  });

beforeAll(async () => {
  const proxy = async (handle: (passing: Passing) => ReturnType<Passing["pass"]>) =>
    parts.use(await startProxy(() => asOperator(state).endpoint, handle));
  const engine = parts.use(
    await startEngineProxy(async ({ operation, pass }) =>
      faults.transactions && operation === "TransactWriteItems"
        ? refusal("AccessDeniedException", "Not authorized to perform: dynamodb:UpdateItem")
        : pass(),
    ),
  );
  const mail = await proxy(async ({ body, pass }) => {
    if (!body.includes(POISON)) return pass();
    attempts.push(Date.now());
    return faults.mail ? refusal("MessageRejected", "Email address is not verified.") : pass();
  });
  const operator = await proxy(async ({ operation, body, pass }) => {
    if (operation === "SendMessage") resent.push(JSON.parse(body));
    return pass();
  });

  const project = parts.use(await createProject(mail.url));
  state = project.state;
  const { args, env } = engine.options;
  offline = await startOffline(state, { cwd: project.path, env, args: [...args, "--verbose"] });
  parts.defer(async () => void (await offline.stop()));
  call = clientOf(() => offline);
  queues = queuesOf(state);
  const terminal = parts.use(await temporaryFolder());
  const endpoint = findEndpoint(state);
  // The SDK calls queues at their URLs, so these must lead to the proxy too.
  const localUrls = Object.entries(endpoint.localUrls).map(([url, localUrl]) => [
    url,
    localUrl.replace(endpoint.url, operator.url),
  ]);
  publishEndpoint(terminal.path, {
    ...endpoint,
    url: operator.url,
    localUrls: Object.fromEntries(localUrls),
  });
  redrive = (...args) => runScript(terminal.path, ["redrive", ...args]);
});
afterAll(() => parts.disposeAsync());

/** With a visibility timeout of 2 s, a cold start would count as a failure. */
async function warmUpNotify(): Promise<void> {
  const FunctionName = loadGraph("offline", projectRoot).links.Notify?.name as string;
  const record = { messageId: "1", body: JSON.stringify(petEvent("first@example.com")) };
  const Records = [{ ...record, eventSource: "aws:sqs", attributes: {} }];
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Records }) });
  const { Payload } = await new LambdaClient(asOperator(state)).send(command);
  expect(Payload?.transformToString()).toBe('{"batchItemFailures":[]}');
}

describe("npm run redrive", () => {
  it.concurrent("a poison message delays no other, becomes a dead letter, and is processed once when redriven", async ({
    expect,
  }) => {
    await warmUpNotify();
    const owners = Array.from({ length: 9 }, (_, n) => `owner-${n}@example.com`);
    const trace = "Root=1-6b0100be-7e241b23b442665f430e623e;Sampled=0";
    const poison = {
      MessageBody: JSON.stringify(petEvent(POISON)),
      MessageAttributes: { why: { DataType: "String", StringValue: "a test" } },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    };
    const others = owners.map((owner) => ({ MessageBody: JSON.stringify(petEvent(owner)) }));
    await queues.send("Notifications", poison, ...others);
    const deadLetters = () => queues.depth("NotificationsDeadLetters");
    await expect.poll(deadLetters, { timeout: 60_000 }).toBe(1);
    expect(attempts).toHaveLength(FAILURES);
    const mails = readMailbox(state).slice(1);
    expect(mails.flatMap(({ to }) => to).toSorted()).toEqual(owners);
    for (const { at } of mails) expect(Date.parse(at)).toBeLessThan(attempts[1] as number);

    const name = "notifications";
    const [list, shown] = await Promise.all([redrive(), redrive(name, "--dry-run")]);
    expect(list.output).toContain("notifications: 1 dead letter(s)");
    expect(shown.output).toContain(poison.MessageBody.slice(0, 100));
    faults.mail = false;
    expect(await redrive(name)).toMatchObject({
      code: 0,
      output: expect.stringContaining("1 dead letter(s) of notifications replayed, 0 failed"),
    });
    expect(resent).toMatchObject([poison]);
    await offline.printed(/Notify │ .*1-6b0100be-7e241b23b442665f430e623e/);

    // Idempotency depends on the event's id, so another delivery has no effect.
    await queues.send("Notifications", { MessageBody: poison.MessageBody });
    await expect.poll(() => queues.depth("Notifications"), { timeout: 60_000 }).toBe(0);
    expect(await deadLetters()).toBe(0);
    expect(readMailbox(state).filter(({ to }) => to[0] === POISON)).toHaveLength(1);
  }, 150_000);

  interface Pointer {
    DDBStreamBatchInfo: { startSequenceNumber: string; batchSize: number };
  }

  it.concurrent("records of a failed stream batch are read again and counted once", async ({
    expect,
  }) => {
    for (const species of ["cat", "cat", "fish"]) await aPet(call, { species });
    const failures = await vi.waitUntil(
      async () => {
        const pointers = await queues.peek<Pointer>("StreamFailures");
        const sizes = pointers.map(({ DDBStreamBatchInfo }) => DDBStreamBatchInfo.batchSize);
        return sizes.reduce((sum, size) => sum + size, 0) === 3 && pointers;
      },
      { timeout: 60_000 },
    );
    // One failure is duplicated, and one refers to a record that the stream does not have.
    const duplicate = failures[0] as Pointer;
    const nowhere = { ...duplicate.DDBStreamBatchInfo, startSequenceNumber: "0" };
    const gone = { ...duplicate, DDBStreamBatchInfo: nowhere };
    const more = [duplicate, gone].map((pointer) => ({ MessageBody: JSON.stringify(pointer) }));
    await queues.send("StreamFailures", ...more);
    const all = failures.length + more.length;

    const name = "stream-failures";
    const [list, shown] = await Promise.all([redrive(), redrive(name, "--dry-run")]);
    expect(list.output).toContain(`${name}: ${all} dead letter(s)`);
    expect(shown.output).toMatch(/record\(s\) of \S+ for \S*ProjectInventory\S*: RetryAttemptsExh/);
    const failedRun = await redrive(name);
    expect(failedRun.code).toBe(1);
    expect(failedRun.output).toMatch(/Failed \S+: \S*ProjectInventory\S* fails from record \d+ on/);
    expect(failedRun.output).toMatch(
      /Failed \S+: The stream no longer has the records of .*, because it stores them for 24 hours/,
    );
    expect(failedRun.output).toContain(`0 dead letter(s) of ${name} replayed, ${all} failed`);

    faults.transactions = false;
    const secondRun = await redrive(name);
    expect(secondRun.output).toContain(`${all - 1} dead letter(s) of ${name} replayed, 1 failed`);
    expect(await queues.depth("StreamFailures")).toBe(1);
    expect((await call("GET", "/api/inventory")).body).toMatchObject({
      total: 3,
      species: { cat: { available: 2 }, fish: { available: 1 } },
    });
  }, 150_000);
});
