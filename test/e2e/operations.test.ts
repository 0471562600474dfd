import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadGraph } from "@petstore/offline/graph/load";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Offline, projectRoot, startOffline, temporaryFolder } from "../support/offline.ts";
import { processesOf } from "../support/processes.ts";

const execute = promisify(execFile);
const state = await temporaryFolder();
const { scripts } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8"));

let offline: Offline;
beforeAll(async () => {
  offline = await startOffline(state.path, { args: ["--verbose"] });
});
afterAll(async () => {
  await offline.stop();
  await state[Symbol.asyncDispose]();
});

/** Runs a script of package.json against the runtime of this test. */
async function script(name: string, ...args: string[]): Promise<string> {
  const command = scripts[name].replace("shell.mjs", `shell.mjs --state ${state.path}`);
  const { stdout } = await execute("sh", ["-c", `${command} ${args.join(" ")}`], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  return stdout;
}

/** Calls SQS through the endpoint, as the operator. */
async function sqs(operation: string, input: object): Promise<string> {
  const program = `
    const { SQS } = require("@aws-sdk/client-sqs");
    new SQS({ useQueueUrlAsEndpoint: false })[process.argv[1]](JSON.parse(process.argv[2]))
      .then((answer) => console.log(JSON.stringify(answer)));`;
  const { stdout } = await execute(
    process.execPath,
    [
      ...["packages/offline/bin/shell.mjs", "--state", state.path, "--"],
      ...[process.execPath, "-e", program, "--", operation, JSON.stringify(input)],
    ],
    { cwd: projectRoot, encoding: "utf8" },
  );
  return stdout;
}

describe("npm run redrive", () => {
  const urlOf = (name: string) => loadGraph("offline", projectRoot).links[name]?.url as string;

  it("brings a dead letter back to its queue, with all that came with it", async () => {
    const trace = "Root=1-6b0100be-7e241b23b442665f430e623e;Sampled=0";
    await sqs("sendMessage", {
      QueueUrl: urlOf("NotificationsDeadLetters"),
      MessageBody: "no event at all",
      MessageAttributes: { why: { DataType: "String", StringValue: "a test" } },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    });
    expect(await script("redrive")).toContain("Notifications: 1 dead letter(s)");
    expect(await script("redrive", "notifications", "--dry-run")).toContain("no event at all");

    expect(await script("redrive", "notifications")).toContain("1 message(s) went back");
    expect(await script("redrive")).toContain("Notifications: 0 dead letter(s)");
    await offline.printed(/Notify │ .*"level":"ERROR".*The message is not JSON/);
    await offline.printed(/Notify │ .*1-6b0100be-7e241b23b442665f430e623e/);
  });

  it("names the queues there are", async () => {
    await expect(script("redrive", "nonsense")).rejects.toThrow(
      "choose one of Chunks, Notifications",
    );
  });
});

describe("npm run warm", () => {
  it("leaves two warm processes of every API function, whose next request is not cold", async () => {
    // On a busy machine the first round may run out of time: all of them are built for it.
    const warm = () => script("warm").catch(String);
    await expect.poll(warm, { timeout: 90_000 }).toContain("Every API function is warm.");
    const names = loadGraph("offline", projectRoot)
      .builds.map(({ functionID }) => functionID)
      .filter((name) => /^(List|Get|Create|Replace|Patch|Delete)/.test(name));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      expect(processesOf(join(state.path, "bundles", name, "bundle")), name).toHaveLength(2);
    }

    const reports = () => offline.output().match(/GetHealth │ REPORT .*/g) ?? [];
    await expect.poll(() => reports().length).toBeGreaterThanOrEqual(2);
    const pings = reports().length;
    await fetch(`${offline.url}/api/health`);
    await expect.poll(() => reports().length).toBe(pings + 1);
    expect(reports().at(-1)).not.toContain("Init Duration");
    // A ping is no request, and leaves no line of one.
    expect(offline.output().match(/GetHealth │ .*"message":"request"/g)).toHaveLength(1);
  }, 120_000);
});

describe("npm run shell", () => {
  it("says what to do when nothing runs", async () => {
    const args = ["packages/offline/bin/shell.mjs", "--state", "/nonexistent", "--", "true"];
    const outcome = execute(process.execPath, args, { cwd: projectRoot });
    await expect(outcome).rejects.toThrow("run npm start first");
  });
});
