import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { loadGraph } from "@petstore/offline/graph/load";
import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { launch } from "../support/chromium.ts";
import { type Listener, listenersOf } from "../support/listeners.ts";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";
import { asOperator, queuesOf } from "../support/operator.ts";

/** A name that the attacker's DNS resolves to this machine. */
const REBOUND = "evil.example";

interface Attack {
  name: string;
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Outcome {
  attack: string;
  url: string;
  /** Undefined if the page cannot read the response. */
  status?: number;
  text?: string;
}

const graph = loadGraph("offline", projectRoot);
const stateOf = (name: string) =>
  graph.resources.find((resource) => resource.name === name)?.state as Record<string, string>;
const TableName = stateOf("TableTable").name as string;
const poolId = graph.resources.find(({ type }) => type === "aws:cognito/userPool:UserPool")?.id;
const QueueUrl = graph.links.NotificationsDeadLetters?.url;
const attacked = { pk: { S: "attacked" }, sk: { S: "attacked" } };

const awsCall = (service: string, target: string, input: object): Attack => ({
  name: target,
  path: "/",
  method: "POST",
  headers: {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": target,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIAAAAAAAAAAAAAAAAA/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    "x-amz-date": "20260101T000000Z",
  },
  body: JSON.stringify(input),
});

/** Requests of an attacker who knows everything but the keys. Each succeeds where it is not rejected. */
const attacks: Attack[] = [
  awsCall("dynamodb", "DynamoDB_20120810.Scan", { TableName }),
  awsCall("dynamodb", "DynamoDB_20120810.PutItem", { TableName, Item: attacked }),
  awsCall("sqs", "AmazonSQS.SendMessage", { QueueUrl, MessageBody: "attacked" }),
  awsCall("sqs", "AmazonSQS.ReceiveMessage", { QueueUrl }),
  {
    name: "token",
    path: `/${poolId}/oauth2/token`,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "grant_type=client_credentials&scope=pets:admin",
  },
  { name: "console items", path: `/api/tables/${TableName}/items` },
  { name: "console mail", path: "/api/mail" },
];

/** Requests that are rejected even from a program. */
const alwaysRejected: Attack[] = [
  { name: "redrive", path: "/api/queues/NotificationsDeadLetters/redrive", method: "POST" },
  { name: "next event", path: "/x/2018-06-01/runtime/invocation/next" },
  { name: "invocation", path: "/2015-03-31/functions/x/invocations", method: "POST", body: "{}" },
  {
    name: "create pet",
    path: "/api/pets",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"name":"Rex","species":"dog"}`,
  },
];

/** Sends the attacks. It also runs in the page, so it uses no imports. */
async function sendAttacks(options: { bases: string[]; attacks: Attack[] }): Promise<Outcome[]> {
  const calls = options.bases.flatMap((base) =>
    options.attacks.map(async ({ name, path, ...request }): Promise<Outcome> => {
      const outcome = { attack: name, url: base };
      try {
        const response = await fetch(base + path, request);
        return { ...outcome, status: response.status, text: await response.text() };
      } catch {
        return outcome;
      }
    }),
  );
  return Promise.all(calls);
}

const succeeded = (outcomes: Outcome[]) => outcomes.filter(({ status = 400 }) => status < 400);

describe.each(["dynoxide", ...(findDynamoDbLocal() ? ["dynamodb-local"] : [])])(
  "with %s",
  (engine) => {
    let offline: Offline;
    let browser: Browser;
    let page: Page;
    let listeners: Listener[];
    let ports: number[];

    beforeAll(async () => {
      const state = await temporaryFolder();
      [offline, browser] = await Promise.all([
        startOffline(state.path, { args: ["--engine", engine] }),
        launch(
          `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
          "--disable-features=HttpsUpgrades,LocalNetworkAccessChecks",
        ),
      ]);
      page = await browser.newPage();
      await aPet(clientOf(() => offline));
      listeners = listenersOf(state.path);
      ports = listeners.map(({ port }) => port);
      return async () => {
        await browser.close();
        await offline.stop();
        await state[Symbol.asyncDispose]();
      };
    });

    it("blocks a page of another origin on every port", async () => {
      const attacker = createServer((_, response) => response.end("<!doctype html>"));
      attacker.listen(0, "127.0.0.1");
      await once(attacker, "listening");
      await page.goto(`http://127.0.0.1:${(attacker.address() as AddressInfo).port}/`);
      const bases = ["127.0.0.1", "localhost"].flatMap((host) =>
        ports.map((port) => `http://${host}:${port}`),
      );

      const outcomes = await page.evaluate(sendAttacks, {
        bases,
        attacks: [...attacks, ...alwaysRejected],
      });

      expect(succeeded(outcomes)).toEqual([]);
      await expectUnchanged();
      attacker.close();
    });

    it("blocks a page whose host name resolves to this machine (DNS rebinding)", async () => {
      // The attacker serves the page on the port, and then changes the address of the name.
      await page.route(
        ({ hostname, pathname }) => hostname === REBOUND && pathname === "/page",
        (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
      );
      const outcomes: Outcome[] = [];
      for (const port of ports) {
        const base = `http://${REBOUND}:${port}`;
        await page.goto(`${base}/page`);
        outcomes.push(
          ...(await page.evaluate(sendAttacks, {
            bases: [base],
            attacks: [...attacks, ...alwaysRejected],
          })),
        );
      }

      // The name resolves to this machine, where the API accepts all origins.
      expect(outcomes.map(({ status }) => status)).toContain(401);
      expect(succeeded(outcomes)).toEqual([]);
      await expectUnchanged();
    });

    it("accepts the same attacks from a program, so they do not fail for another reason", async () => {
      const bases = listeners.map(({ address, port }) => `http://${address}:${port}`);

      const outcomes = await sendAttacks({ bases, attacks });

      const names = new Set(succeeded(outcomes).map(({ attack }) => attack));
      expect([...names].sort()).toEqual(attacks.map(({ name }) => name).sort());
    });

    async function expectUnchanged() {
      expect(await queuesOf(offline.state).depth("NotificationsDeadLetters")).toBe(0);
      const dynamodb = new DynamoDBClient(asOperator(offline.state));
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
      expect(Items).not.toEqual([]);
      expect(Items).not.toContainEqual(attacked);
    }
  },
);
