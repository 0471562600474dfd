import { defineConfig } from "vitest/config";
import { hasChromium } from "./test/support/chromium.ts";

const browsers = hasChromium() ? ["browser"] : [];
if (browsers.length === 0) console.warn("Skipped in a browser: there is no /usr/bin/chromium.");

const withoutMetrics = { env: { POWERTOOLS_METRICS_DISABLED: "true" } };

const project = (name: string, include: string[], others = {}) => ({
  test: { name, include, ...others, testTimeout: 60_000, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    // Tests wait for processes more than they compute.
    maxWorkers: 3,
    projects: [
      // Starting a process takes longer than most unit tests do, so these share processes.
      project("unit", ["test/unit/!(isolated)/**/*.test.ts"], {
        ...withoutMetrics,
        isolate: false,
      }),
      // These change the environment, the time or modules, so each file has its own process.
      project("unit isolated", ["test/unit/isolated/**/*.test.ts"], withoutMetrics),
      // The compiler checks these files; nothing runs.
      project("types", [], {
        typecheck: {
          enabled: true,
          only: true,
          include: ["test/**/*.test-d.ts"],
          tsconfig: "tsconfig.types.json",
        },
      }),
      project("infra", ["test/infra/**/*.test.ts"], {
        globalSetup: "test/infra/personal-stage.ts",
        isolate: false,
      }),
      project("services", ["test/integration/**/*.test.ts"], {
        exclude: ["test/integration/api/**"],
      }),
      // `npm run test:long` repeats them on DynamoDB Local.
      project("api", ["test/integration/api/*.test.ts"], {
        globalSetup: "test/integration/api/runtime.ts",
      }),
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
