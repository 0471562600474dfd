import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Pet } from "@petstore/core/pets/pet";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { startEngineProxy } from "../support/engine-proxy.ts";
import { projectRoot, run, startOffline, temporaryFolder } from "../support/offline.ts";

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());

/** Mounts a small disk and returns whether that worked; it needs root. */
function mountDisk(): boolean {
  try {
    const type = ["-t", "tmpfs", "-o", "size=8m", "tmpfs"];
    execFileSync("mount", [...type, folder.path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const errorLine = (file: string) =>
  new RegExp(
    `^The disk is full, so \\S*${file}\\S* could not be written: free some space, [^\\n]*$`,
    "m",
  );

/** Returns the lines after the banner, except those of requests and invocations. */
const linesAfterReady = (output: string) =>
  output
    .slice(output.indexOf("Ctrl-C stops it."))
    .split("\n")
    .slice(1)
    .filter((line) => line && !/^(GET|POST|stream|queue|event|call) .* \d+ ms/.test(line));

describe.runIf(mountDisk())("a full disk", () => {
  const state = join(folder.path, "state");
  const filler = join(folder.path, "filler");
  const fillDisk = () => {
    // The runtime writes at the same time, so the free space is unknown.
    const chunk = Buffer.alloc(64 * 1024);
    expect(() => {
      for (;;) appendFileSync(filler, chunk);
    }).toThrow("ENOSPC");
  };
  afterAll(() => void execFileSync("umount", ["--lazy", folder.path]));
  beforeEach(() => {
    for (const path of [state, filler]) rmSync(path, { recursive: true, force: true });
  });

  /** Fills the disk, creates pets until the runtime ends, and returns those that were accepted. */
  async function createPetsUntilEnd(
    offline: Awaited<ReturnType<typeof startOffline>>,
  ): Promise<Pet[]> {
    const call = clientOf(() => offline);
    const pets: Pet[] = [await aPet(call, { ownerEmail: "rex@example.com" })];
    await offline.printed(/queue Notify done/);
    const ended = once(offline.process, "close");
    fillDisk();
    while (offline.process.exitCode === null) {
      const response = await call<Pet>("POST", "/api/pets", {
        body: { name: "Rex", species: "dog", ownerEmail: "rex@example.com" },
      }).catch(() => undefined);
      if (response?.status === 201) pets.push(response.body);
    }
    await ended;
    return pets;
  }

  it("ends the runtime with one line and loses no pet", async () => {
    const offline = await startOffline(state);

    const pets = await createPetsUntilEnd(offline);

    expect(offline.process.exitCode).toBe(1);
    expect(linesAfterReady(offline.output())).toEqual([expect.stringMatching(errorLine("state"))]);
    rmSync(filler);
    const next = await startOffline(state);
    for (const pet of pets) {
      expect((await clientOf(() => next)("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    }
    await next.stop();
  });

  it("ends the runtime when only queues, events and mail are on that disk", async () => {
    await using engine = await startEngineProxy(({ pass }) => pass());
    const offline = await startOffline(state, engine.options);

    await createPetsUntilEnd(offline);

    expect(offline.process.exitCode).toBe(1);
    expect(linesAfterReady(offline.output())).toEqual([
      expect.stringMatching(errorLine("state/.*")),
    ]);
  });

  it("fails a start with one line", async () => {
    fillDisk();

    const { exited, output } = run(["--port", "0", "--state", state]);

    expect(await exited).toBe(1);
    expect(output()).toMatch(/^[^\n]*disk[^\n]*\n$/);
  });
});

describe("a full disk without a mount", () => {
  it("ends the runtime with one line when the output is on it", async () => {
    await using state = await temporaryFolder();
    const command = join(projectRoot, "packages/offline/bin/offline.mjs");
    const child = spawn(process.execPath, [command, "--port", "0", "--state", state.path], {
      cwd: projectRoot,
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    });

    const [[code], errors] = await Promise.all([
      once(child, "exit"),
      text(child.stderr as Readable),
    ]);

    expect(code).toBe(1);
    expect(errors).toMatch(/^The output cannot be written \(ENOSPC[^\n]*\n$/);
  });
});
