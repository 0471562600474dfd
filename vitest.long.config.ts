import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import { defineConfig } from "vitest/config";

const shared = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * The tests that take longer: large imports, every message twice, dead letters and back, a throttled
 * table, killing everything at random, every damaged state file, the docs page in a browser, large
 * backlogs of mail, the API guide twice, and more of the fuzzer.
 */
const long = {
  ...shared,
  name: "long",
  include: [
    "test/long/**/*.test.ts",
    // These try more cases than in `npm test`.
    "test/e2e/documents.test.ts",
    "test/fuzz/**/*.test.ts",
    "test/integration/{consumers,dynamodb}/**/*.test.ts",
    "test/unit/isolated/functions/mail-rate.test.ts",
  ],
  env: { FUZZ_RUNS: "2000", THOROUGH: "true", POWERTOOLS_METRICS_DISABLED: "true" },
};

/** The tests of the API that `npm test` runs on dynoxide. */
const apiOnDynamoDbLocal = {
  ...shared,
  name: "api on dynamodb-local",
  include: ["test/integration/api/*.test.ts"],
  env: { DYNAMODB_ENGINE: "dynamodb-local", THOROUGH: "true" },
  globalSetup: "test/integration/api/runtime.ts",
};

export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [long, ...(findDynamoDbLocal() ? [apiOnDynamoDbLocal] : [])].map((test) => ({
      test,
    })),
  },
});
