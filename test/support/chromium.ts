import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { projectRoot } from "./offline.ts";

/** Debian's package. */
const EXECUTABLE = "/usr/bin/chromium";

export const hasChromium = (): boolean => existsSync(EXECUTABLE);

/** @param args further arguments of the command line */
export const launch = (...args: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ...args,
    ],
  });

/** Saves screenshots of a page, light and dark, for reviewers: `test/.screenshots/<name>-dark.png`. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(projectRoot, "test/.screenshots", `${name}-${colorScheme}.png`);
    await page.screenshot({ path });
  }
}
