import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Pet } from "@petstore/core/pets/pet";
import { loadGraph } from "@petstore/offline/graph/load";
import { findEndpoint } from "@petstore/offline/runtime/endpoint-file";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { launch, picture } from "../support/chromium.ts";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";

const state = await temporaryFolder();
/** A port below the ephemeral range, so that it is still free after a restart. */
const portOptions = { args: ["--port", String(20_000 + 3 * (process.pid % 3_000))] };
let offline: Offline;
let browser: Browser;
let page: Page;
/** Errors of the page, including violations of its Content-Security-Policy. */
const errors: string[] = [];

const call = clientOf(() => offline);
const pets: Record<string, Pet> = {};
const consoleUrl = () => /Console +(\S+)/.exec(offline.output())?.[1] as string;

beforeAll(async () => {
  [offline, browser] = await Promise.all([startOffline(state.path, portOptions), launch()]);
  page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
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

describe("the console", () => {
  it("explains what to do without requests, and shows the first request", async () => {
    await press("1");
    await page.getByText("No requests yet").waitFor();
    await picture(page, "empty");

    // The first request waits for the build and the start of the function.
    await call("GET", "/api/health");
    await call("GET", "/api/health?again");
    await row("GetHealth").nth(1).waitFor();
    expect(await row("GetHealth").nth(1).textContent()).toContain("cold");
  });

  it("opens the waterfall of a request, with its calls and log lines", async () => {
    await press("1");
    pets.Waterfall = await aPet(call, { name: "Waterfall", ownerEmail: "rex@example.com" });
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
    await detail().getByText("1 message redriven").waitFor();
    await detail().getByText("The queue is empty").waitFor();
  });

  it("redrives records of a failed stream batch, and shows why others cannot be redriven", async () => {
    const { shard, position } = await vi.waitUntil(lastCheckpoint, { timeout: 10_000 });
    const failureFrom = (startSequenceNumber: string) => ({
      requestContext: { functionArn: projectInventory.functionArn },
      DDBStreamBatchInfo: {
        streamArn: projectInventory.eventSourceArn,
        shardId: shard,
        startSequenceNumber,
        endSequenceNumber: position,
      },
    });
    await sendDeadLetter("StreamFailures", JSON.stringify(failureFrom(position)));
    await sendDeadLetter("StreamFailures", JSON.stringify(failureFrom("0")));
    await press("3");
    await row("StreamFailures").getByText("ProjectInventory, PublishEvents").waitFor();
    await row("StreamFailures").click();
    await expect
      .poll(() => detail().getByText(`"startSequenceNumber"`).count(), { timeout: 30_000 })
      .toBe(2);

    await detail().getByRole("button", { name: "Redrive to ProjectInventory" }).click();

    await detail().getByText("1 message redriven").waitFor({ timeout: 20_000 });
    await detail().getByRole("alert").getByText("no longer in the stream").waitFor();
    await detail().getByText(`"startSequenceNumber": "0"`).waitFor();
    await expect
      .poll(() => detail().getByText(`"startSequenceNumber"`).count(), { timeout: 30_000 })
      .toBe(1);
  });

  it("can be used with the keyboard alone", async () => {
    for (const [key, title] of Object.entries({ 2: "Functions", 4: "Mail", 6: "Architecture" })) {
      await press(key);
      await page.getByRole("main", { name: title }).waitFor();
    }
    await press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
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
    // A new item in the list does not change the text in the input.
    await aPet(call, { name: "Meanwhile" });
    await row("Meanwhile").waitFor();
    await page.keyboard.type(" key");
    expect(await page.getByLabel("Value of pk").inputValue()).toBe("no such key");
    await press("Enter");
    await page.getByText("No item has this key").waitFor();
    await page.getByLabel("Value of pk").fill("");
    await press("Enter", "Escape");
    await page.locator("tbody tr").first().waitFor();
    await row("Waterfall").first().click();
    const { id } = pets.Waterfall as Pet;
    await detail()
      .getByRole("heading", { name: `pet#${id} · pet` })
      .waitFor();
    expect(await detail().locator("pre").textContent()).toMatch(
      new RegExp(`^\\{\\s+"pk": "pet#${id}",\\s+"sk": "pet",\\s+"gsi1pk"`),
    );
    await picture(page, "tables");
    await press("6");
    await page.getByRole("link", { name: /CreatePet [1-9]\d* invocation/ }).waitFor();
    await picture(page, "architecture");
  });

  it("uses the singular only for 1", async () => {
    await press("6");
    await page.getByRole("link", { name: /^CreatePet [1-9]/ }).waitFor();
    const labels: string[] = await page.evaluate(
      `[...document.querySelectorAll(".node a")].map((link) => link.getAttribute("aria-label"))`,
    );
    const counts = labels.flatMap(
      (label) => /\d+ (invocation|request|call)s?$/.exec(label)?.[0] ?? [],
    );

    // The counts depend on the time, because the warmer invokes functions every five minutes.
    expect(counts.length).toBeGreaterThan(15);
    expect(counts.filter((count) => count.endsWith("s") === /^1 /.test(count))).toEqual([]);
  });

  it("draws the architecture legibly at a width of 1280 pixels, with each edge of the warmer once", async () => {
    const wide = page.viewportSize() as { width: number; height: number };
    await page.setViewportSize({ width: 1280, height: 800 });
    await press("6");
    await page.locator(".drawing svg").waitFor();
    const scale = () => page.evaluate(`document.querySelector(".drawing svg").getScreenCTM().a`);
    await expect.poll(scale, { timeout: 30_000 }).toBeGreaterThan(0.95);
    const isWhole = await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.querySelector(".drawing");
    return scrollWidth === clientWidth;
  })()`);
    expect(isWhole).toBe(true);

    await page.getByRole("link", { name: /^Warmer / }).hover();

    // One from its schedule and one to the group of the API's functions.
    await expect.poll(() => page.locator(".edge.near").count(), { timeout: 30_000 }).toBe(2);
    await page.setViewportSize(wide);
  });

  it("has one typeface for headings, and aligns badges with the baseline of their row", async () => {
    const typefaces = new Set<string>();
    for (const [key, name] of Object.entries({ 1: "Time", 2: "Function", 4: "Sent", 5: "pk" })) {
      await press(key);
      await page.getByRole("columnheader", { name, exact: true }).waitFor();
      const fonts: string[] = await page.evaluate(
        `[...document.querySelectorAll("h1, h2, h3, th")].map((one) => getComputedStyle(one).fontFamily)`,
      );
      for (const font of fonts) typefaces.add(font);
    }
    expect([...typefaces]).toHaveLength(1);

    await press("1");
    // The bottom of an empty inline block is the baseline.
    const baselines: number[] = await page.evaluate(`(() => {
    const cells = document.querySelector("tr:has(.badge)").querySelectorAll("td, .badge");
    return [...cells].map((cell) => {
      const probe = cell.appendChild(document.createElement("span"));
      probe.style.display = "inline-block";
      const { bottom } = probe.getBoundingClientRect();
      probe.remove();
      return bottom;
    });
  })()`);
    expect(Math.max(...baselines) - Math.min(...baselines)).toBeLessThan(1);
  });

  it("can be used at a width of 390 pixels", async () => {
    const wide = page.viewportSize() as { width: number; height: number };
    await page.setViewportSize({ width: 390, height: 844 });
    const isInside = async (locator: Locator) => {
      const box = await locator.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 390;
    };
    const views = ["Requests", "Functions", "Queues", "Mail", "Tables", "Architecture"];
    for (const view of views) {
      const link = page.getByRole("navigation").getByRole("link", { name: view });
      expect(await isInside(link), view).toBe(true);
      await link.click();
      await page.getByRole("main", { name: view }).waitFor();
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width, view).toBe(390);
      await picture(page, `narrow-${view}`);
      if (view === "Architecture") continue;

      const first = page.locator("tbody tr").first();
      await first.waitFor();
      for (const cell of await first.locator("td:visible").all()) {
        expect(await isInside(cell), view).toBe(true);
      }
      await first.click();
      await detail().waitFor();
      expect(await isInside(detail()), view).toBe(true);
      await picture(page, `narrow-${view}-detail`);
      await page.getByRole("button", { name: "Close" }).click();
      await first.waitFor();
    }
    await page.setViewportSize(wide);
  });

  it("reconnects after a restart of the runtime without a reload", async () => {
    await press("1");
    await offline.stop();
    await page.getByText("waiting for npm start").waitFor();
    await picture(page, "waiting");
    offline = await startOffline(state.path, portOptions);
    await page.getByText("live").waitFor();
    await call("GET", "/api/health?after-restart");
    await row("GetHealth").waitFor();
  });

  it("has had no errors except failed connections during the restart", () => {
    expect(errors.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE/.test(text))).toEqual(
      [],
    );
  });
});

const projectInventory = loadGraph("offline", projectRoot)
  .resources.filter(({ type }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping")
  .map(({ state }) => ({
    name: String(state.name),
    functionArn: String(state.functionName),
    eventSourceArn: String(state.eventSourceArn),
  }))
  .find(({ functionArn }) => functionArn.includes("ProjectInventory")) as {
  name: string;
  functionArn: string;
  eventSourceArn: string;
};

/** Returns the shard that ProjectInventory reads and the last record that it has processed. */
function lastCheckpoint(): { shard: string; position: string } | undefined {
  const file = join(state.path, "data/stream-checkpoints/stream-checkpoints.db");
  using database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare("SELECT shard, position FROM checkpoints WHERE mapping = ?")
    .all(projectInventory.name) as { shard: string; position: string }[];
  return rows.find(({ position }) => /^\d+$/.test(position));
}

/** Sends a message with the operator's credentials, which are in the state. */
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
