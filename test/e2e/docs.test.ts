import { execFileSync } from "node:child_process";
import type { Pet } from "@petstore/core/pets/pet";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../support/chromium.ts";
import { projectRoot } from "../support/offline.ts";
import { ownOffline } from "../support/own-offline.ts";

const offline = await ownOffline();

describe("the documentation", () => {
  it.each(["openapi.json", "docs", "docs/swagger-ui.css", "docs/swagger-ui-bundle.js"])(
    "is kept by those who have /api/%s",
    async (path) => {
      const url = `${offline.url}/api/${path}`;
      const first = await fetch(url);
      expect(first.status).toBe(200);
      expect(first.headers.get("cache-control")).toBe("public, max-age=3600");
      const etag = first.headers.get("etag") as string;
      const again = await fetch(url, { headers: { "if-none-match": `"other", ${etag}` } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      expect(again.headers.get("etag")).toBe(etag);
    },
  );

  it.each(["identity", "gzip;q=0", "br", "gzip, br", "br;q=1, gzip;q=0.5"])(
    "comes to those who accept %s",
    async (encoding) => {
      const url = `${offline.url}/api/docs/swagger-ui.css`;
      const answer = await fetch(url, { headers: { "accept-encoding": encoding } });
      const compressed = /gzip($|,|;q=0\.)/.test(encoding);
      expect(answer.headers.get("content-encoding")).toBe(compressed ? "gzip" : null);
      expect(await answer.text()).toContain(".swagger-ui");
    },
  );
});

describe.skipIf(!hasChromium())("the page, in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** Runs the command that the dialog shows, and pastes into it what that prints. */
  async function authorize(page: Page): Promise<void> {
    await page.locator(".auth-wrapper .authorize").first().click();
    const dialog = page.locator(".modal-ux");
    const command = await dialog.locator("pre code").innerText();
    const token = execFileSync("sh", ["-c", `${command.trim()} --state ${offline.state}`], {
      cwd: projectRoot,
      encoding: "utf8",
    });
    await dialog.getByRole("textbox").fill(token.trim());
    await dialog.locator("button.authorize").click();
    await dialog.locator("button.btn-done").click();
  }

  it("creates a pet with a token got as it says, and asks nobody else for anything", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const foreign: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(offline.url)) {
        foreign.push(request.url());
      }
    });

    await page.goto(`${offline.url}/api/docs`);
    await authorize(page);
    const operation = page.locator("#operations-pets-createPet");
    await operation.locator(".opblock-summary-control").click();
    const body = operation.locator("textarea.body-param__text");
    await body.fill('{"name": "From the page", "species": "cat"}');
    const answered = page.waitForResponse(`${offline.url}/api/pets`);
    await operation.locator("button.execute").click();
    const answer = await answered;
    expect(answer.status()).toBe(201);
    const pet = (await answer.json()) as Pet;
    expect(pet.ownerId).toBe("user-a");
    await operation.locator(".live-responses-table").getByText("From the page").first().waitFor();

    expect(await (await fetch(`${offline.url}/api/pets/${pet.id}`)).json()).toEqual(pet);
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);
});
