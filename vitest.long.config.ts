import { defineConfig } from "vitest/config";

/**
 * The tests that take longer: large imports, every message twice, dead letters and back, a throttled
 * table, killing everything at random, every damaged file, large backlogs of mail, and more of the
 * fuzzer.
 */
export default defineConfig({
  test: {
    include: [
      "test/long/**/*.test.ts",
      // These try more cases than in `npm test`.
      "test/browser/docs.test.ts",
      "test/fault/state.test.ts",
      "test/fuzz/**/*.test.ts",
      "test/unit/isolated/functions/mail-rate.test.ts",
    ],
    env: { FUZZ_RUNS: "2000", THOROUGH: "true", POWERTOOLS_METRICS_DISABLED: "true" },
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
