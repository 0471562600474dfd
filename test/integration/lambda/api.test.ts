import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetFunctionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Invoke } from "@petstore/offline/runtime/invocation";
import { createLambdaApi } from "@petstore/offline/services/lambda/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { asCaller, startServiceEndpoint } from "../runtime/harness.ts";
import { host, lambdaFunction } from "./harness.ts";

const echo = lambdaFunction("Echo");

/** A client of the Lambda API before these functions. */
async function api(invoke: Invoke, functions = [echo]) {
  const invokeAsync = vi.fn();
  const endpoint = await startServiceEndpoint(createLambdaApi({ functions, invoke, invokeAsync }));
  const client = new LambdaClient(asCaller(endpoint));
  onTestFinished(() => client.destroy());
  const send = (input: Partial<InvokeCommandInput>) =>
    client.send(new InvokeCommand({ FunctionName: echo.functionName, ...input }));
  return { endpoint, client, send, invokeAsync };
}

const answering = () =>
  vi.fn<Invoke>(async () => ({ kind: "response" as const, payload: '{"ok":true}' }));

describe("Lambda's API", () => {
  it("returns the response of a function", async () => {
    const { lambda } = await host({
      "Echo.ts": `export const handler = async (event, { awsRequestId }) => ({ event, awsRequestId });`,
    });
    const { send } = await api(lambda.invoke);
    const answer = await send({ Payload: JSON.stringify({ ü: 1 }) });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      event: { ü: 1 },
      awsRequestId: answer.$metadata.requestId,
    });
  });

  it("returns 200 and the error of a function that throws", async () => {
    const { lambda } = await host({
      "Echo.ts": `export const handler = async () => { throw new TypeError("boom"); };`,
    });
    const { send } = await api(lambda.invoke);
    const answer = await send({});
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      errorType: "TypeError",
      errorMessage: "boom",
    });
  });

  it("runs concurrent invocations in different processes", async () => {
    const barrier = `
    import { mkdirSync, readdirSync } from "node:fs";
    import { setTimeout } from "node:timers/promises";
    export const handler = async ({ directory, instances }) => {
      mkdirSync(directory + "/" + process.pid);
      while (readdirSync(directory).length < instances) await setTimeout(5);
      return process.pid;
    };`;
    const { lambda } = await host({ "Echo.ts": barrier });
    const directory = mkdtempSync(join(tmpdir(), "barrier-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const { send } = await api(lambda.invoke);
    const Payload = JSON.stringify({ directory, instances: 4 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => send({ Payload })));
    const pids = answers.map(({ Payload }) => Payload?.transformToString());
    expect(new Set(pids).size).toBe(4);
  });

  it.each([
    echo.functionName,
    `${echo.functionName}:$LATEST`,
    echo.arn,
    `${echo.arn}:$LATEST`,
    "123456789012:function:app-Echo",
  ])("accepts %s as function name", async (FunctionName) => {
    const invoke = answering();
    const { send } = await api(invoke);
    expect((await send({ FunctionName })).StatusCode).toBe(200);
    expect(invoke.mock.lastCall?.[0]).toBe(echo.arn);
  });

  it.each([
    { FunctionName: "app-Other" },
    { FunctionName: "Echo" },
    { FunctionName: `${echo.functionName}:live` },
    { Qualifier: "5" },
    { FunctionName: echo.arn.replace("eu-central-1", "us-east-1") },
  ])("returns ResourceNotFoundException for %o", async (input) => {
    const invoke = answering();
    const { send } = await api(invoke);
    await expect(send(input)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: expect.stringContaining("Function not found: "),
      $metadata: { httpStatusCode: 404 },
    });
    expect(invoke).not.toHaveBeenCalled();
  });

  it("accepts the qualifier $LATEST", async () => {
    const { send } = await api(answering());
    expect((await send({ Qualifier: "$LATEST" })).StatusCode).toBe(200);
  });

  it("returns 202 with the request id when an invocation of type Event is accepted", async () => {
    const invoke = answering();
    const { send, invokeAsync } = await api(invoke);
    const answer = await send({ InvocationType: "Event", Payload: '{"a":1}' });
    expect(answer.StatusCode).toBe(202);
    expect(invokeAsync).toHaveBeenCalledExactlyOnceWith(echo.arn, '{"a":1}', {
      requestId: answer.$metadata.requestId,
    });
    expect(invoke).not.toHaveBeenCalled();
  });

  it("returns ServiceException, which SDKs retry, when an event cannot be stored", async () => {
    const { send, invokeAsync } = await api(answering());
    invokeAsync.mockImplementation(() => {
      throw new Error("disk full");
    });
    await expect(send({ InvocationType: "Event" })).rejects.toMatchObject({
      name: "ServiceException",
      $metadata: { httpStatusCode: 500 },
    });
  });

  it("invokes nothing for a dry run", async () => {
    const invoke = answering();
    const { send, invokeAsync } = await api(invoke);
    expect((await send({ InvocationType: "DryRun" })).StatusCode).toBe(204);
    expect(invoke).not.toHaveBeenCalled();
    expect(invokeAsync).not.toHaveBeenCalled();
  });

  it("passes on the caller's trace header, and an empty object if there is no payload", async () => {
    const invoke = answering();
    const { client } = await api(invoke);
    const traceHeader =
      "Root=1-67000000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["X-Amzn-Trace-Id"] =
          traceHeader;
        return next(args);
      },
      { step: "build" },
    );
    await client.send(new InvokeCommand({ FunctionName: echo.arn }));
    expect(invoke).toHaveBeenCalledExactlyOnceWith(
      echo.arn,
      "{}",
      expect.objectContaining({ traceHeader }),
    );
  });

  it("returns TooManyRequestsException for a throttled function", async () => {
    const { send } = await api(async () => ({ kind: "throttled" }));
    await expect(send({})).rejects.toMatchObject({
      name: "TooManyRequestsException",
      $metadata: { httpStatusCode: 429 },
    });
  });

  const MB = 1024 * 1024;

  it.each([
    ["RequestResponse", 6 * MB],
    ["Event", MB],
  ] as const)("limits the payload of type %s to %i bytes", async (InvocationType, limit) => {
    const { send } = await api(answering());
    const payloadOf = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
    await send({ InvocationType, Payload: payloadOf(limit) });
    await expect(send({ InvocationType, Payload: payloadOf(limit + 1) })).rejects.toMatchObject({
      name: "RequestTooLargeException",
      $metadata: { httpStatusCode: 413 },
    });
  });

  it("rejects a payload that is not JSON", async () => {
    const { send } = await api(answering());
    await expect(send({ Payload: "{" })).rejects.toMatchObject({
      name: "InvalidRequestContentException",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("returns NotImplemented for an operation that is not supported offline", async () => {
    const { client } = await api(answering());
    const command = new GetFunctionCommand({ FunctionName: echo.functionName });
    await expect(client.send(command)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});
