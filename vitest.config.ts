import { globSync, readFileSync } from "node:fs";
import { findDynamoDbLocal } from "@petstore/offline/services/dynamodb/dynamodb-local";
import { defineConfig } from "vitest/config";
import { hasChromium } from "./test/support/chromium.ts";

/** The tests that speak to the API run once for every DynamoDB engine. */
const engines = ["dynoxide", "dynamodb-local"].filter((engine) => {
  const missing = engine === "dynamodb-local" && !findDynamoDbLocal();
  if (missing) console.warn("Skipped on DynamoDB Local: it needs a JDK, version 17 or newer.");
  return !missing;
});

const browsers = hasChromium() ? ["browser"] : [];
if (browsers.length === 0) console.warn("Skipped in a browser: there is no /usr/bin/chromium.");

/**
 * Unit tests share processes: starting one takes longer than most of them do. Those that change what
 * all in a process see, the environment or the time, have one for each file.
 */
const unitTests = globSync("test/unit/**/*.test.ts");
const [alone = [], together = []] = [true, false].map((changes) =>
  unitTests.filter(
    (file) =>
      changes === /process\.env|vi\.(stub|spyOn|useFakeTimers)/.test(readFileSync(file, "utf8")),
  ),
);
const withoutMetrics = { env: { POWERTOOLS_METRICS_DISABLED: "true" } };

const retry = process.env.CI ? 2 : 0;

const project = (name: string, include: string[], others = {}) => ({
  // The machines that CI runs on are shared: what fails for want of time may have two more tries there.
  test: { name, include, ...others, retry, testTimeout: 60_000, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    // Tests wait for processes more than they compute.
    maxWorkers: 3,
    projects: [
      project("unit", together, { ...withoutMetrics, isolate: false }),
      project("unit alone", alone, withoutMetrics),
      project("infra", ["test/infra/**/*.test.ts"]),
      project("services", ["test/integration/**/*.test.ts"], {
        exclude: ["test/integration/api/**"],
      }),
      ...engines.map((engine) =>
        project(`api on ${engine}`, ["test/integration/api/**/*.test.ts"], {
          env: { DYNAMODB_ENGINE: engine },
          globalSetup: "test/integration/api/runtime.ts",
        }),
      ),
      project("e2e", ["test/e2e/**/*.test.ts"]),
      project("permissions", ["test/permissions/used.test.ts"]),
      project("fuzz", ["test/fuzz/**/*.test.ts"]),
      project("fault", ["test/fault/**/*.test.ts"]),
      // Each test goes on where the one before has left the page.
      ...browsers.map((name) =>
        project(name, ["test/browser/**/*.test.ts"], { sequence: { shuffle: false } }),
      ),
    ],
  },
});
