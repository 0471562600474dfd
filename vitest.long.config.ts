import { defineConfig } from "vitest/config";

/** The tests that take minutes: large imports, a throttled table, and killing everything at random. */
export default defineConfig({
  test: { include: ["test/long/**/*.test.ts"], hookTimeout: 60_000, maxWorkers: 1 },
});
