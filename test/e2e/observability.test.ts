import { type ServedApp, serveApp } from "@petstore/offline/cli/serve";
import { loadGraph } from "@petstore/offline/graph/load";
import { services } from "@petstore/offline/services/index";
import { openState } from "@petstore/offline/state/state";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { completed } from "../support/imports.ts";
import { type Offline, projectRoot, temporaryFolder } from "../support/offline.ts";
import { assertImpersonal } from "../support/personal.ts";
import { tokensOf } from "../support/tokens.ts";
import { type Hop, hopsOf, traceLike, wayTo } from "../support/traces.ts";

let runtime: ServedApp;
const lines: string[] = [];
const cleanups = new AsyncDisposableStack();
let token: Offline["token"];
const call = clientOf(() => ({ url: runtime.appUrls[0] as string, token }));

beforeAll(async () => {
  const folder = cleanups.use(await temporaryFolder());
  const state = cleanups.adopt(openState(folder.path), (state) => state.close());
  const onFailure = (reason: string) => {
    throw new Error(reason);
  };
  const graph = loadGraph("offline", projectRoot);
  const log = (line: string) => void lines.push(line);
  runtime = await serveApp({
    ...{ graph, services, projectRoot, state, port: 0, settings: {}, log, verbose: true },
    onFailure,
  });
  token = tokensOf(folder.path);
  cleanups.defer(() => runtime.close());
});
afterAll(() => cleanups.disposeAsync());

/** Waits for the complete trace with a correlation id and a number of mails, and returns its hops. */
async function waitForTrace(correlationId: string, mails: number) {
  const trace = await traceLike(runtime.traces, (trace) => {
    const { hops, roots } = hopsOf(trace);
    return (
      hops.some(({ document }) => document.annotations?.correlationId === correlationId) &&
      hops.filter(({ name }) => name === "SESv2 SendEmail").length === mails &&
      roots.length === 1
    );
  });
  return hopsOf(trace).hops;
}

/** Returns the path of each hop. Lambda has two segments per invocation. */
const pathsOf = (hops: Hop[]) => hops.map((hop) => wayTo(hop).map(nameOf).join(" > "));
const nameOf = (name: string) => name.replace(/^petstore-offline-(\w+)Function-.*$/, "$1");

/** The path to a message's subsegment, in an invocation with one message or with several. */
const notifyPath = /> PublishEvents > (Notify > Notify > Invocation > ## Notify > )?Notify > /;

/** Lines are written after responses, later on a busy machine. */
const LONG_WAIT = { timeout: 30_000 };

/** Returns the log lines that contain a text, by function. */
const linesWith = (text: string) =>
  Map.groupBy(
    lines.filter((line) => line.includes(text) && line.includes(" │ {")),
    (line) => line.split(" ", 1)[0] as string,
  );

describe("a trace", () => {
  it("contains an adoption from the request to the mail", async () => {
    const pet = await aPet(call, { ownerEmail: "ann@example.com" });
    const response = await call("PATCH", `/api/pets/${pet.id}`, {
      body: { status: "adopted" },
      headers: { "content-type": "application/merge-patch+json", "x-correlation-id": "adoption-1" },
    });

    expect(response.headers.get("x-correlation-id")).toBe("adoption-1");

    const hops = await waitForTrace("adoption-1", 1);
    const paths = pathsOf(hops);
    const handler = "PatchPet > PatchPet > Invocation > ## PATCH /api/pets/{id}";
    expect(paths).toEqual(
      expect.arrayContaining([
        "PatchPet",
        "PatchPet > PatchPet",
        handler,
        `${handler} > DynamoDB GetItem`,
        `${handler} > DynamoDB PutItem`,
        `${handler} > ProjectInventory`,
        `${handler} > PublishEvents`,
      ]),
    );
    const mail = paths.find((path) => path.endsWith("SESv2 SendEmail")) as string;
    expect(mail.startsWith(`${handler} > PublishEvents > `), mail).toBe(true);
    expect(mail).toMatch(notifyPath);

    const origins = hops.filter(({ name }) => nameOf(name) === "PatchPet");
    expect(origins.map(({ document }) => document.origin).sort()).toEqual([
      "AWS::Lambda",
      "AWS::Lambda::Function",
    ]);
    const { annotations } = hops.find(({ name }) => name.startsWith("## PATCH"))?.document ?? {};
    expect(annotations).toMatchObject({ petId: pet.id, correlationId: "adoption-1" });
  });

  it("contains an import from the request through queue and stream to the inventory, without mail", async () => {
    const rows = ["bob", "cat", "dan"].map((owner) => ({
      name: owner,
      species: "cat",
      ownerEmail: `${owner}@example.com`,
    }));
    const report = await completed(call, [...rows, { name: "" }], {
      "x-correlation-id": "import-1",
    });

    expect(report).toMatchObject({ imported: 3, failed: 1 });

    const hops = await waitForTrace("import-1", 0);
    const paths = pathsOf(hops);
    const handler = "CreateImport > CreateImport > Invocation > ## POST /api/imports";
    const chunk = `${handler} > ImportChunk > ImportChunk > Invocation > ## ImportChunk > ImportChunk`;
    expect(paths).toEqual(
      expect.arrayContaining([
        `${handler} > DynamoDB PutItem`,
        `${handler} > SQS SendMessageBatch`,
        `${chunk} > DynamoDB GetItem`,
        `${chunk} > DynamoDB PutItem`,
      ]),
    );
    const below = (name: string) => paths.filter((path) => path === `${chunk} > ${name}`);
    expect(below("PublishEvents")).toHaveLength(0);
    expect(below("ProjectInventory")).toHaveLength(3);
    const importIds = hops.map(({ document }) => document.annotations?.importId);
    expect(importIds.filter((id) => id === report.id)).toHaveLength(2);
  });
});

describe("a correlation id", () => {
  it("is in the log lines of all functions that the request caused", async () => {
    const headers = { "x-correlation-id": "request:42" };
    const pet = { name: "Eve", species: "dog", ownerEmail: "eve@example.com" };
    await completed(call, [pet], headers);
    await call("POST", "/api/pets", { headers, body: pet });
    await vi.waitUntil(() => linesWith("request:42").get("Notify")?.length === 2, LONG_WAIT);
    await vi.waitUntil(() => linesWith("request:42").has("ProjectInventory"), LONG_WAIT);

    const found = linesWith("request:42");

    expect([...found.keys()].sort()).toEqual([
      "CreateImport",
      "CreatePet",
      "ImportChunk",
      "Notify",
      "ProjectInventory",
      "PublishEvents",
    ]);
    const messages = (name: string) =>
      found.get(name)?.map((line) => JSON.parse(line.slice(line.indexOf("{"))).message);
    expect(messages("CreateImport")).toEqual(["request"]);
    expect(messages("ImportChunk")).toEqual(["chunk imported", "batch"]);
    expect(messages("Notify")).toEqual(["owner notified", "batch"]);
  });

  it("is the request id if the client sends none", async () => {
    const { headers } = await call("GET", "/api/health");
    const id = headers.get("x-correlation-id") as string;

    expect(id).toBe(headers.get("apigw-requestid"));
    await vi.waitUntil(() => linesWith(id).has("GetHealth"), LONG_WAIT);
  });

  it.each(["a b", "<script>", "ann@example.com", "x".repeat(129)])(
    "is replaced and not logged if it is malformed: %s",
    async (given) => {
      const { headers } = await call("GET", "/api/health", {
        headers: { "x-correlation-id": given },
      });
      const id = headers.get("x-correlation-id") as string;

      expect(id).toBe(headers.get("apigw-requestid"));
      await vi.waitUntil(() => linesWith(id).get("GetHealth")?.length === 2, LONG_WAIT);
      expect(linesWith(id).get("GetHealth")?.join()).toContain("malformed x-correlation-id");
      expect(linesWith(given).size).toBe(0);
    },
  );
});

describe("log lines", () => {
  it("have the same keys and no personal data", async () => {
    await aPet(call, { ownerEmail: "ann@example.com" });
    await vi.waitUntil(
      () => lines.some((line) => line.startsWith("CreatePet │ REPORT")),
      LONG_WAIT,
    );
    for (const line of lines) assertImpersonal(line);

    const logged = lines
      .filter((line) => line.includes(" │ {") && !line.includes("_aws"))
      .map((line) => JSON.parse(line.slice(line.indexOf("{"))));

    expect(logged.length).toBeGreaterThan(0);
    for (const line of logged) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(DEBUG|INFO|WARN)$/),
        message: expect.any(String),
        timestamp: expect.any(String),
        service: "petstore",
        stage: "offline",
        operation: expect.any(String),
        functionName: expect.stringMatching(/^petstore-offline-/),
        functionRequestId: expect.any(String),
        traceId: expect.stringMatching(/^1-/),
        coldStart: expect.any(Boolean),
      });
    }
  });
});
