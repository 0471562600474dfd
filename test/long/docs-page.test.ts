import { execFileSync } from "node:child_process";
import { contract } from "@petstore/core/contract/contract";
import type { Operation } from "@petstore/core/contract/operation";
import type { Pet } from "@petstore/core/pets/pet";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../support/chromium.ts";
import { projectRoot } from "../support/offline.ts";
import { ownOffline } from "../support/own-offline.ts";

const offline = await ownOffline();
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** Opens the docs page and collects its errors, policy violations and requests to other origins. */
async function openDocs() {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(offline.url)) {
      errors.push(`request to ${request.url()}`);
    }
  });
  await page.goto(`${offline.url}/api/docs`);
  return { page, errors };
}

/** Runs the command in the Authorize dialog and enters the printed token there. */
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

/** Clicks Execute in every operation, from top to bottom, and returns the statuses by operation. */
async function executeAll(page: Page): Promise<Record<string, string>> {
  const statuses: Record<string, string> = {};
  for (const operation of await page.locator(".opblock").all()) {
    const id = (await operation.getAttribute("id")) as string;
    await operation.locator(".opblock-summary-control").click();
    await operation.locator("button.execute").click();
    const status = operation.locator(".live-responses-table .response .response-col_status");
    const invalid = operation.locator(".parameters .invalid");
    await status.or(invalid).first().waitFor();
    statuses[id.split("-").at(-1) as string] = (await status.isVisible())
      ? await status.innerText()
      : "not sent: a parameter is missing";
    // Close it, because Swagger UI becomes slow when many operations are open.
    await operation.locator(".opblock-summary-control").click();
  }
  return statuses;
}

/** The documented success statuses by operation. */
const successes = Object.fromEntries(
  Object.entries<Operation>(contract).map(([name, { responses }]) => [
    name,
    Object.keys(responses).find((status) => status.startsWith("2")),
  ]),
);

describe("the docs page", () => {
  it("executes every operation successfully, from top to bottom, also after a reload", async () => {
    const { page, errors } = await openDocs();
    await authorize(page);

    expect(await executeAll(page)).toEqual(successes);
    await page.reload();
    await authorize(page);
    expect(await executeAll(page)).toEqual(successes);

    expect(errors).toEqual([]);
  }, 600_000);

  it("creates the pet in the request body for the user of the token", async () => {
    const { page, errors } = await openDocs();
    await authorize(page);
    const operation = page.locator("#operations-pets-createPet");
    await operation.locator(".opblock-summary-control").click();
    await operation
      .locator("textarea.body-param__text")
      .fill('{"name": "From the page", "species": "cat"}');
    const responded = page.waitForResponse(`${offline.url}/api/pets`);
    await operation.locator("button.execute").click();
    const response = await responded;

    expect(response.status()).toBe(201);
    const pet = (await response.json()) as Pet;
    expect(pet.ownerId).toBe("user-a");
    await operation.locator(".live-responses-table").getByText("From the page").first().waitFor();
    expect(await (await fetch(`${offline.url}/api/pets/${pet.id}`)).json()).toEqual(pet);
    expect(errors).toEqual([]);
  });
});
