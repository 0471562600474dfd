import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadGraph } from "@petstore/offline/graph/load";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../support/offline.ts";
import { runScript } from "../support/operator.ts";
import { ownOffline } from "../support/own-offline.ts";
import { processesOf } from "../support/processes.ts";

const execute = promisify(execFile);
const offline = await ownOffline({ args: ["--verbose"] });

describe("npm run warm", () => {
  it("starts two processes of every API function, which then serve without a cold start", async () => {
    const names = loadGraph("offline", projectRoot)
      .builds.map(({ functionID }) => functionID)
      .filter((name) => /^(List|Get|Create|Replace|Patch|Delete)/.test(name));

    expect(names.length).toBeGreaterThan(8);

    const count = (name: string) =>
      processesOf(join(offline.state, "bundles", name, "bundle")).length;

    // On a busy machine a round can time out, or a ping can end before the next one arrives. Another
    // round then starts the missing processes.
    let rounds = 0;
    const findMissing = async () => {
      rounds++;
      const { output } = await runScript(offline.state, ["warm"]);
      if (!output.includes("Every API function is warm.")) return output;
      return names.filter((name) => count(name) < 2);
    };
    await expect.poll(findMissing, { timeout: 90_000 }).toEqual([]);
    if (rounds === 1) expect(names.filter((name) => count(name) > 2)).toEqual([]);

    const reports = () => offline.output().match(/GetHealth │ REPORT .*/g) ?? [];
    await expect.poll(() => reports().length).toBeGreaterThanOrEqual(2);
    const pings = reports().length;
    await fetch(`${offline.url}/api/health`);
    await expect.poll(() => reports().length).toBe(pings + 1);
    expect(reports().at(-1)).not.toContain("Init Duration");
    // Pings are not logged as requests.
    expect(offline.output().match(/GetHealth │ .*"message":"request"/g)).toHaveLength(1);
  }, 120_000);
});

describe("npm run redrive", () => {
  it("fails for an unknown name and prints the known ones", async () => {
    expect(await runScript(offline.state, ["redrive", "nonsense"])).toEqual({
      code: 1,
      output: expect.stringContaining("choose one of chunks, notifications, stream-failures"),
    });
  });
});

describe("npm run shell", () => {
  it("fails without a running app and says to run npm start", async () => {
    const args = ["packages/offline/bin/shell.mjs", "--state", "/nonexistent", "--", "true"];
    const outcome = execute(process.execPath, args, { cwd: projectRoot });

    await expect(outcome).rejects.toThrow("run npm start first");
  });
});

describe("npm run token:aws", () => {
  it("prints a token of the Operator client, with which a pet can be created", async () => {
    const args = ["packages/offline/bin/shell.mjs", "--state", offline.state, "--"];
    const command = ["npm", "run", "--silent", "token:aws"];
    const { stdout } = await execute(process.execPath, [...args, ...command], {
      cwd: projectRoot,
    });

    const response = await fetch(`${offline.url}/api/pets`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${stdout.trim()}`,
        "content-type": "application/json",
        "idempotency-key": "first",
      },
      body: JSON.stringify({ name: "Rex", species: "dog" }),
    });

    expect(response.status).toBe(201);
  });
});
