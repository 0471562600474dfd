import { defineConfig } from "vitest/config";

/** Takes every right away, one at a time: what it belongs to has to fail. Takes minutes. */
export default defineConfig({
  test: { include: ["test/permissions/needed.test.ts"], testTimeout: 120_000, maxConcurrency: 3 },
});
