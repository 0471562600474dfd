import { EventEmitter } from "node:events";
import { request } from "node:http";
import { startConsole } from "@petstore/offline/console/console";
import type { RuntimeEvents } from "@petstore/offline/runtime/events";
import { recordHistory } from "@petstore/offline/runtime/history/history";
import type { RespondedRequest } from "@petstore/offline/runtime/history/records";
import type { ConsoleSource } from "@petstore/offline/runtime/runtime";
import type { ServiceContext } from "@petstore/offline/runtime/service";
import { createConsoleView as createTablesView } from "@petstore/offline/services/dynamodb/console";
import type { Table } from "@petstore/offline/services/dynamodb/resources";
import { callSqs } from "@petstore/offline/services/sqs/call";
import { createConsoleView as createQueuesView } from "@petstore/offline/services/sqs/console";
import type { QueueMessage, QueueStatus } from "@petstore/offline/services/sqs/panel-data";
import type { Queue } from "@petstore/offline/services/sqs/resources";
import { startSqs } from "@petstore/offline/services/sqs/server";
import { createTraces } from "@petstore/offline/services/xray/traces";
import { systemClock } from "@petstore/offline/util/clock";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { queue, queueWithDlq, temporaryState } from "../sqs/poller-harness.ts";
import { listen } from "./events.ts";

const table: Table = {
  name: "things",
  arn: "arn:aws:dynamodb:us-east-1:123456789012:table/things",
  definition: {
    TableName: "things",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  },
};

interface Parts {
  queues?: Queue[];
  failedBatchesAt?: ServiceContext["failedBatchesAt"];
}

/** Starts a console with a table and queues. It is closed at the end of the test, if not before. */
async function start({ queues = [], failedBatchesAt = () => undefined }: Parts = {}, port = 0) {
  const state = temporaryState();
  const sqs = await startSqs({ state, queues });
  onTestFinished(sqs.close);
  const events = new EventEmitter<RuntimeEvents>();
  const history = recordHistory(events, systemClock);
  const clock = systemClock;
  const views = [
    createQueuesView({ queues, sqs, clock, events, failedBatchesAt }),
    createTablesView({ tables: [table], endpoint: "http://127.0.0.1:9", events }),
  ];
  const runtime: ConsoleSource = {
    ...{ app: "app", stage: "test", appUrls: [], events, history, traces: createTraces() },
    panels: views.map(({ panel }) => panel),
    architectures: () => views.map(({ architecture }) => architecture()),
  };
  const started = await startConsole({ runtime, port });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= started.close());
  onTestFinished(close);
  return { sqs, events, history, ...started, close, port: Number(new URL(started.url).port) };
}

/** Returns a function that calls the emulator behind the console's queues. */
const callerOf =
  ({ sqs }: Pick<Started, "sqs">) =>
  (operation: string, input: object) =>
    callSqs(sqs.endpoint, operation, input);

type Started = Awaited<ReturnType<typeof start>>;

/** Sends a request with headers that `fetch` does not allow, such as `host`. */
const send = (
  { port }: Started,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) =>
  new Promise<{ status: number; headers: object; text: string }>((resolve, reject) => {
    const host = { host: `localhost:${port}` };
    request({ host: "127.0.0.1", port, path, method, headers: { ...host, ...headers } })
      .once("response", async (response) => {
        const { statusCode = 0 } = response;
        const text = (await response.toArray()).join("");
        resolve({ status: statusCode, headers: response.headers, text });
      })
      .once("error", reject)
      .end();
  });

const respond = (started: Started, n: number, parts: Partial<RespondedRequest> = {}) => {
  const request = {
    id: `request-${n}`,
    apiId: "api",
    at: Date.now(),
    method: "GET",
    path: `/${n}`,
  };
  started.events.emit("responded", { ...request, status: 200, ms: 1, ...parts });
};

describe("the console rejects", () => {
  it("a request with another host name, as in DNS rebinding", async () => {
    const started = await start();
    for (const path of ["/", "/page.js", "/api/overview", "/api/events"]) {
      const { status, text } = await send(started, path, { headers: { host: "evil.example" } });
      expect(status, path).toBe(403);
      expect(JSON.parse(text).message).toContain("localhost");
    }
  });

  it("a change requested by another site or program, without any effect", async () => {
    const { work, dlq } = queueWithDlq(1);
    const started = await start({ queues: [work, dlq] });
    const call = callerOf(started);
    await call("SendMessage", { QueueUrl: dlq.url, MessageBody: "dead" });
    const path = "/api/queues/dead/redrive";
    for (const headers of [{ origin: "https://evil.example" }, {}]) {
      expect((await send(started, path, { method: "POST", headers })).status).toBe(403);
    }
    expect(JSON.parse((await send(started, "/api/queues/dead/messages")).text)).toHaveLength(1);
  });

  it("other origins' scripts and styles by the headers of every response", async () => {
    const started = await start();
    for (const path of ["/", "/style.css", "/page.js", "/icon.svg", "/api/overview", "/nothing"]) {
      const { headers } = await send(started, path);
      expect(headers, path).toMatchObject({
        "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self'/),
        "x-content-type-options": "nosniff",
      });
    }
    const { text } = await send(started, "/");
    expect(text).not.toMatch(/https?:\/\/|<script(?! type="module" src="\/)|style=/);
  });
});

describe("the console responds with", () => {
  it.each([
    ["/api/tables/things/items?limit=5", "limit"],
    ["/api/tables/things/items?index=nope", "nope"],
    ["/api/tables/things/items?cursor=%25", "cursor"],
    [`/api/tables/things/items?cursor=${btoa("no JSON")}`, "cursor"],
    [`/api/tables/things/items?cursor=${btoa('["a"]')}`, "cursor"],
    [`/api/tables/things/items?partition=${"x".repeat(2049)}`, "partition"],
    ["/api/traces/1-2-3", "trace"],
    ["/api/%E0%A4%A", "path"],
  ])("400 and the invalid part to %s", async (path, named) => {
    const { status, text } = await send(await start(), path);
    expect(status, text).toBe(400);
    expect(JSON.parse(text).message).toContain(named);
  });

  it("404 to unknown resources", async () => {
    const started = await start();
    const unknown = "/api/traces/1-5e6722a7-cc56a0042db740459ae51dcf";
    for (const path of ["/api/tables/x/items", "/api/queues/x/messages", "/api/x", unknown]) {
      expect((await send(started, path)).status, path).toBe(404);
    }
  });
});

describe("events", () => {
  it("start with a snapshot and continue with new requests and changes", async () => {
    const started = await start();
    respond(started, 1, { path: "/before" });
    const events = await listen(started.url);
    expect(await events.next("snapshot")).toMatchObject({ requests: [{ path: "/before" }] });
    respond(started, 2, { path: "/after" });
    expect(await events.next("requests")).toMatchObject([{ path: "/after" }]);
    started.events.emit("changed", "queues");
    expect(await events.next("changed")).toEqual(["queues"]);
  });

  it("continue after a restart on the same port, without a gap", async () => {
    const first = await start();
    const before = await listen(first.url);
    const { runtime } = await before.next<{ runtime: string }>("snapshot");
    await first.close();
    await before.ended;

    const second = await start({}, first.port);
    expect(second.url).toBe(first.url);
    respond(second, 1, { path: "/meanwhile" });
    const after = await listen(second.url);
    const snapshot = await after.next<{ runtime: string }>("snapshot");
    expect(snapshot).toMatchObject({ requests: [{ path: "/meanwhile" }] });
    expect(snapshot.runtime).not.toBe(runtime);
  });

  it("stop listening to the runtime when the last page has disconnected", async () => {
    const started = await start();
    const events = await listen(started.url);
    await events.next("snapshot");
    expect(started.events.listenerCount("changed")).toBe(1);
    events.close();
    await vi.waitUntil(() => started.events.listenerCount("changed") === 0);
  });
});

describe("the history", () => {
  it("stores only the newest 500 requests and 5,000 lines, and shortens long lines", async () => {
    const started = await start();
    const { events, history } = started;
    for (let n = 0; n < 10_000; n++) {
      respond(started, n);
      const text = `${n} ${"x".repeat(10_000)}`;
      events.emit("logged", { functionName: "Get", text, stream: "stdout" });
    }
    const requests = history.requests.items();
    expect(requests).toHaveLength(500);
    expect(requests.at(-1)?.path).toBe("/9999");
    const lines = history.lines.items();
    expect(lines).toHaveLength(5_000);
    expect(lines.at(-1)?.text).toMatch(/^9999 x+…$/);
    expect(lines.at(-1)?.text.length).toBeLessThan(5_000);
  });
});

describe("queues", () => {
  it("show their messages without receiving them", async () => {
    const { work, dlq } = queueWithDlq(1);
    const started = await start({ queues: [work, dlq] });
    const call = callerOf(started);
    const StringValue = "Root=1-5e6722a7-cc56a0042db740459ae51dcf;Sampled=1";
    await call("SendMessage", {
      QueueUrl: work.url,
      MessageBody: "look",
      MessageAttributes: { why: { DataType: "String", StringValue: "a test" } },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
    });
    const readMessages = async () =>
      JSON.parse((await send(started, "/api/queues/work/messages")).text) as QueueMessage[];
    const seen = {
      ...{ body: "look", receives: 0, inFlight: false, attributes: { why: "a test" } },
      traceId: "1-5e6722a7-cc56a0042db740459ae51dcf",
    };
    expect(await readMessages()).toMatchObject([seen]);
    expect(await readMessages()).toMatchObject([seen]);
    const { Messages } = (await call("ReceiveMessage", { QueueUrl: work.url })) as {
      Messages: object[];
    };
    expect(Messages).toHaveLength(1);
    expect(await readMessages()).toMatchObject([{ receives: 1, inFlight: true }]);
  });

  it("send dead letters back with their attributes", async () => {
    const { work, dlq } = queueWithDlq(1);
    const started = await start({ queues: [work, dlq, queue("other")] });
    const call = callerOf(started);
    const MessageAttributes = { why: { DataType: "String", StringValue: "a test" } };
    const StringValue = "Root=1-5e6722a7-cc56a0042db740459ae51dcf;Sampled=1";
    for (let n = 0; n < 12; n++) {
      await call("SendMessage", {
        ...{ QueueUrl: dlq.url, MessageBody: String(n), MessageAttributes },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
      });
    }
    const redrive = (name: string) =>
      send(started, `/api/queues/${name}/redrive`, {
        method: "POST",
        headers: { origin: started.url },
      });
    expect(JSON.parse((await redrive("dead")).text)).toEqual({ redriven: 12, kept: [] });
    const messages = JSON.parse(
      (await send(started, "/api/queues/work/messages")).text,
    ) as QueueMessage[];
    expect(messages).toHaveLength(12);
    for (const message of messages) {
      expect(message).toMatchObject({
        attributes: { why: "a test" },
        traceId: "1-5e6722a7-cc56a0042db740459ae51dcf",
      });
    }
    const status = JSON.parse((await send(started, "/api/queues")).text) as QueueStatus[];
    expect(
      status.map(({ visible, inFlight, deadLettersOf }) => [visible, inFlight, deadLettersOf]),
    ).toEqual([
      [12, 0, []],
      [0, 0, ["work"]],
      [0, 0, []],
    ]);
    expect((await redrive("other")).status).toBe(409);
  });

  it("redeliver failed batches of streams, and report the reason for those that fail again", async () => {
    const failures = queue("failures");
    const redelivered: string[] = [];
    const started = await start({
      queues: [failures],
      failedBatchesAt: () => ({
        functionNames: ["Consumer"],
        async redeliver(body) {
          if (body === "poison") throw new Error("The function fails.");
          redelivered.push(body);
        },
      }),
    });
    const call = callerOf(started);
    for (const MessageBody of ["one", "poison", "two"]) {
      await call("SendMessage", { QueueUrl: failures.url, MessageBody });
    }
    const get = async (path: string) => JSON.parse((await send(started, path)).text);
    expect(await get("/api/queues")).toMatchObject([
      { visible: 3, deadLettersOf: ["Consumer"], canRedrive: true },
    ]);

    const { text } = await send(started, "/api/queues/failures/redrive", {
      method: "POST",
      headers: { origin: started.url },
    });

    expect(JSON.parse(text)).toEqual({ redriven: 2, kept: ["The function fails."] });
    expect(redelivered.toSorted()).toEqual(["one", "two"]);
    expect(await get("/api/queues/failures/messages")).toMatchObject([
      { body: "poison", inFlight: false },
    ]);
  });
});
