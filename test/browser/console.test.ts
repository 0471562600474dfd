import { findEndpoint } from "@petstore/offline/endpoint-file";
import { loadGraph } from "@petstore/offline/graph/load";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { launch, picture } from "../support/chromium.ts";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";

const state = await temporaryFolder();
let offline: Offline;
let browser: Browser;
let page: Page;
/** What the page complains about, the policy's violations among it. */
const complaints: string[] = [];

const call = clientOf(() => offline);
const consoleUrl = () => /Console +(\S+)/.exec(offline.output())?.[1] as string;

beforeAll(async () => {
  [offline, browser] = await Promise.all([startOffline(state.path), launch()]);
  page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(consoleUrl());
  await page.getByText("live").waitFor();
});
afterAll(async () => {
  await browser?.close();
  await offline?.stop();
  await state[Symbol.asyncDispose]();
});

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const row = (text: string) => page.getByRole("row").filter({ hasText: text });
const detail = () => page.getByRole("complementary");

it("says what to do while there is nothing, and shows a request within a second", async () => {
  await press("1");
  await page.getByText("No request so far").waitFor();
  await picture(page, "empty");

  // The first one is built and started meanwhile.
  await call("GET", "/api/health");
  await call("GET", "/api/health?again");
  const answeredAt = performance.now();
  await row("GetHealth").nth(1).waitFor();
  expect(performance.now() - answeredAt).toBeLessThan(1_000);
  expect(await row("GetHealth").nth(1).textContent()).toContain("cold");
});

it("opens the waterfall of a request, with its calls and log lines", async () => {
  await press("1");
  await aPet(call, { name: "Waterfall", ownerEmail: "rex@example.com" });
  await row("/api/pets").first().waitFor();
  await press("j", "k", "k", "Enter");
  await detail().getByText("POST /api/pets").first().waitFor();
  for (const text of [/CreatePet/, "init", /DynamoDB PutItem/, /INFO/]) {
    await detail().getByText(text).first().waitFor();
  }
  await picture(page, "waterfall");
  await press("Escape");
  await detail().waitFor({ state: "detached" });
});

it("follows a request through the stream and the queue", async () => {
  await press("1");
  await row("/api/pets").first().click();
  for (const text of ["ProjectInventory", "PublishEvents", "Notify", "SESv2 SendEmail"]) {
    await detail().getByText(text).first().waitFor();
  }
  await picture(page, "stream-waterfall");
  await call("POST", "/api/imports", { body: [{ name: "Luna", species: "cat" }] });
  await row("/api/imports").first().click();
  await detail().getByText("ImportChunk").first().waitFor();
  await detail().getByText("queue").first().waitFor();
  await picture(page, "queue-waterfall");
});

it("redrives a dead letter", async () => {
  await sendDeadLetter("NotificationsDeadLetters", "not what it should be");
  await press("3");
  await row("NotificationsDeadLetters").click();
  await detail().getByText("not what it should be").waitFor();
  await picture(page, "dead-letter");
  await press("r");
  await detail().getByText("1 went back to Notifications").waitFor();
  await detail().getByText("Nothing waits here").waitFor();
});

it("is worked by keys alone", async () => {
  for (const [key, title] of Object.entries({ 2: "Functions", 4: "Mail", 6: "Architecture" })) {
    await press(key);
    await page.getByRole("main", { name: title }).waitFor();
  }
  await press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await picture(page, "keys");
  await press("2");
  expect(await page.getByRole("main").getAttribute("aria-label")).toBe("Architecture");
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await press("1", "/");
  await page.keyboard.type("imports 202");
  await page.locator("tbody tr:only-child").filter({ hasText: "/api/imports" }).waitFor();
  await press("Escape", "j", "Enter");
  await detail().waitFor();
  await press("Escape");
  await detail().waitFor({ state: "detached" });
});

it("shows functions, mail, items and the architecture", async () => {
  await press("2");
  await row("CreatePet").click();
  await detail().getByText("Invocations").waitFor();
  await picture(page, "functions");
  await press("4");
  await row("rex@example.com").click();
  await detail().getByText('Name: "Waterfall"').waitFor();
  await picture(page, "mail");
  await press("5");
  await page.getByLabel("Value of pk").waitFor();
  await press("/");
  await page.keyboard.type("no such");
  // What is typed stays while the list under it gets a new item.
  await aPet(call, { name: "Meanwhile" });
  await row("Meanwhile").waitFor();
  await page.keyboard.type(" key");
  expect(await page.getByLabel("Value of pk").inputValue()).toBe("no such key");
  await press("Enter");
  await page.getByText("There is no item with that key").waitFor();
  await page.getByLabel("Value of pk").fill("");
  await press("Enter", "Escape");
  await page.locator("tbody tr").first().waitFor();
  await press("j", "Enter");
  await detail().waitFor();
  await picture(page, "tables");
  await press("6");
  await page.getByRole("link", { name: /CreatePet [1-9]\d* invocation/ }).waitFor();
  await picture(page, "architecture");
});

it("is there again when the runtime is, with nothing to reload", async () => {
  await press("1");
  const port = Number(new URL(consoleUrl()).port);
  await offline.stop();
  await page.getByText("waiting for npm start").waitFor();
  await picture(page, "waiting");
  // The console is two ports after the only API.
  offline = await startOffline(state.path, { args: ["--port", String(port - 2)] });
  await page.getByText("live").waitFor();
  await call("GET", "/api/health?after-restart");
  await row("GetHealth").waitFor();
});

it("has complained about nothing but the time when nobody answered", () => {
  expect(complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE/.test(text))).toEqual(
    [],
  );
});

/** As the operator, whose credentials are in the state. */
async function sendDeadLetter(name: string, MessageBody: string): Promise<void> {
  const endpoint = findEndpoint(state.path);
  const QueueUrl = loadGraph("offline", projectRoot).links[name]?.url;
  const scope = `${endpoint.accessKeyId}/20260101/us-east-1/sqs/aws4_request`;
  const response = await fetch(endpoint.url, {
    method: "POST",
    headers: {
      "x-amz-target": "AmazonSQS.SendMessage",
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify({ QueueUrl, MessageBody }),
  });
  expect(response.status).toBe(200);
}
