import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serveApp } from "@petstore/offline/cli/serve";
import { loadGraph } from "@petstore/offline/graph/load";
import { findUnsupported } from "@petstore/offline/runtime/unsupported";
import { openState } from "@petstore/offline/state/state";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { services } from "../../fixtures/services/index.ts";
import { temporaryApp } from "../../support/app.ts";
import { projectRoot } from "../../support/offline.ts";

/** Calls the service as an SDK does, and returns the response as it is. */
const source = `export const handler = async ({ queryStringParameters }) => {
  const { AWS_ACCESS_KEY_ID: key, AWS_ENDPOINT_URL: url } = process.env;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=" + key +
        "/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0",
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.GetParameter",
    },
    body: JSON.stringify({ Name: queryStringParameters.name }),
  });
  return { statusCode: response.status, body: await response.text() };
};`;

const parameter = (name: string) => ({
  type: "aws:ssm/parameter:Parameter",
  name: name.slice(1),
  id: name,
  state: { name, value: `value of ${name}` },
});
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: "ssm:GetParameter",
    Resource: "arn:aws:ssm:us-east-1:123456789012:parameter/greeting",
  },
});

describe("an added service", () => {
  const parts = new AsyncDisposableStack();
  let api: string;
  let consoleUrl: string;

  beforeAll(async () => {
    const app = parts.use(
      await temporaryApp({ functions: { Read: source }, apis: [{ "GET /read": "Read" }] }),
    );
    const graph = loadGraph("offline", app.path);
    for (const { type, state } of graph.resources) {
      if (type === "aws:iam/role:Role") state.inlinePolicies = [{ policy }];
    }
    graph.resources.push(parameter("/greeting"), parameter("/secret"));
    expect(findUnsupported(graph, services)).toEqual([]);
    const state = parts.adopt(openState(app.state), (opened) => opened.close());
    const served = parts.adopt(
      await serveApp({
        ...{ graph, services, projectRoot: app.path, state, port: 0, settings: {} },
        ...{ verbose: false, log: () => {}, onFailure: (reason) => expect.unreachable(reason) },
      }),
      (running) => running.close(),
    );
    api = served.appUrls[0] as string;
    consoleUrl = served.consoleUrl;
  });
  afterAll(() => parts.disposeAsync());

  const read = async (name: string) => {
    const response = await fetch(`${api}/read?name=${encodeURIComponent(name)}`);
    return { status: response.status, body: await response.json() };
  };

  it("responds to the calls of functions", async () => {
    const { status, body } = await read("/greeting");

    expect(status).toBe(200);
    expect(body).toEqual({ Parameter: { Name: "/greeting", Value: "value of /greeting" } });
  });

  it("refuses calls that the function's role does not allow", async () => {
    const { status, body } = await read("/secret");

    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: expect.stringContaining("is not authorized to perform: ssm:GetParameter"),
    });
  });

  it("has a panel in the console", async () => {
    const get = async (path: string) => (await fetch(`${consoleUrl}${path}`)).json();

    expect(await get("/api/overview")).toMatchObject({
      panels: expect.arrayContaining([{ id: "parameters", title: "Parameters", hasView: false }]),
    });
    expect(await get("/api/panels/parameters")).toEqual([
      { name: "/greeting", value: "value of /greeting" },
      { name: "/secret", value: "value of /secret" },
    ]);
  });

  it("is the example of the README", () => {
    const readme = readFileSync(
      join(projectRoot, "packages/offline/src/services/README.md"),
      "utf8",
    );
    const example = readFileSync(
      join(projectRoot, "test/fixtures/services/parameter-store/index.ts"),
      "utf8",
    );

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});
