import { defineConfig } from "vitest/config";

/**
 * The tests that take longer: large imports, every message twice, dead letters and back, a throttled
 * table, killing everything at random, and more of the fuzzer.
 */
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts", "test/fuzz/**/*.test.ts"],
    env: { FUZZ_RUNS: "2000" },
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
