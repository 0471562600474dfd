import type { Pet } from "@petstore/core/pets/pet";
import { describe, expect, it } from "vitest";
import { aPet, clientOf } from "../support/api.ts";
import { startOffline, temporaryFolder } from "../support/offline.ts";
import { processesOf } from "../support/processes.ts";

describe("Ctrl-C", () => {
  it("ends every process, and the next start has the same data", async () => {
    await using state = await temporaryFolder();
    const first = await startOffline(state.path);
    const pet = await aPet(clientOf(() => first));

    expect(processesOf(state.path).length).toBeGreaterThan(2);
    expect(await first.stop()).toBe(0);
    expect(processesOf(state.path)).toEqual([]);

    const second = await startOffline(state.path);
    const call = clientOf(() => second);
    expect((await call("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    await second.stop();
  });

  it("right after the start ends every process", async () => {
    await using state = await temporaryFolder();
    const offline = await startOffline(state.path);

    expect(await offline.stop()).toBe(0);
    expect(processesOf(state.path)).toEqual([]);
  });
});

describe("--fresh", () => {
  it("starts with no data", async () => {
    await using state = await temporaryFolder();
    const first = await startOffline(state.path);
    const { id } = await aPet(clientOf(() => first));
    await first.stop();

    const second = await startOffline(state.path, { args: ["--fresh"] });

    expect((await clientOf(() => second)("GET", `/api/pets/${id}`)).status).toBe(404);
    await second.stop();
  });
});

describe("kill -9 of the whole process group", () => {
  it("loses no acknowledged write", async () => {
    await using state = await temporaryFolder();
    const first = await startOffline(state.path);
    const call = clientOf(() => first);
    const acknowledged: Pet[] = [];
    await aPet(call);

    /** Creates pets, and kills the runtime when there are 60. */
    const createUntilKilled = async () => {
      for (;;) {
        if (acknowledged.push(await aPet(call)) === 60) void first.kill();
      }
    };
    await Promise.all(Array.from({ length: 4 }, () => createUntilKilled().catch(() => {})));
    await first.kill();

    const second = await startOffline(state.path);
    const again = clientOf(() => second);
    for (const pet of acknowledged) {
      expect((await again("GET", `/api/pets/${pet.id}`)).body).toEqual(pet);
    }
    await second.stop();
  });
});
