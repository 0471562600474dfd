import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stageEnvironment, testEnvironment } from "@petstore/offline/synth/environment";
import { afterEach, describe, expect, it, vi } from "vitest";
import { projectRoot, temporaryFolder } from "../../../support/offline.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the environment of a stage", () => {
  it("is that of its file, then of the shell, then of .env", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, ".env"), "ONE=shared\nTWO=shared\nTHREE=shared\n");
    await writeFile(join(folder.path, ".env.alice"), "THREE=own\n");
    vi.stubEnv("TWO", "shell");
    vi.stubEnv("THREE", "shell");

    const { variables, files } = stageEnvironment("alice", folder.path);

    expect(variables).toMatchObject({ ONE: "shared", TWO: "shell", THREE: "own" });
    expect(files).toEqual([".env", ".env.alice"]);
  });

  it("is the same for committed graphs whatever the shell sets", () => {
    vi.stubEnv("PETSTORE_REGION", "eu-west-1");

    expect(testEnvironment(projectRoot)).toMatchObject({
      variables: { PETSTORE_REGION: "us-east-1" },
      files: ["infra/test.env"],
    });
  });
});
