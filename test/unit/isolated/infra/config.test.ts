import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { projectRoot } from "../../../support/offline.ts";

/** Returns what `app()` of sst.config.ts returns for a stage in the current environment. */
async function loadApp(stage: string) {
  vi.resetModules();
  vi.stubGlobal("$config", (config: object) => config);
  const { default: config } = await import(join(projectRoot, "sst.config.ts"));
  return config.app({ stage });
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("the AWS provider", () => {
  it("uses the region and the account of the settings", async () => {
    vi.stubEnv("PETSTORE_REGION", "eu-west-1");
    vi.stubEnv("PETSTORE_ACCOUNT", "210987654321");

    expect(await loadApp("production")).toMatchObject({
      providers: { aws: { region: "eu-west-1", allowedAccountIds: ["210987654321"] } },
    });
  });

  it("ignores the shell's default region", async () => {
    vi.stubEnv("AWS_REGION", "ap-south-1");
    vi.stubEnv("PETSTORE_REGION", undefined);
    vi.stubEnv("PETSTORE_ACCOUNT", undefined);

    const { providers } = await loadApp("alice");

    expect(providers).toEqual({ aws: { region: "us-east-1" } });
  });
});
