import { defineConfig } from "vitest/config";

/** The tests that take minutes: large imports, and killing everything at random. */
export default defineConfig({
  test: { include: ["test/long/**/*.test.ts"], hookTimeout: 60_000, maxWorkers: 1 },
});
