import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../support/offline.ts";
import { ownOffline } from "../support/own-offline.ts";

const readme = await readFile(join(projectRoot, "README.md"), "utf8");
const [, section = ""] = readme.split("\n## Try it\n");
const examples = [...section.matchAll(/```sh\n(curl[\s\S]*?)```\n\n```http\n([\s\S]*?)```/g)].map(
  ([, command = "", answer = ""]) => ({ command, expected: answer.trim().split("\n") }),
);

const [, tokenLine = ""] = /```sh\n(TOKEN=.*)\n```/.exec(section) ?? [];

const offline = await ownOffline();
let TOKEN: string;
beforeAll(() => {
  const line = tokenLine.replace("token --", `token -- --state ${offline.state}`);
  TOKEN = run(`${line}; echo -n $TOKEN`);
});

const run = (command: string) =>
  execFileSync("bash", ["-c", command], {
    cwd: projectRoot,
    env: { ...process.env, TOKEN },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });

/** Runs an example word for word, but for the port. */
const linesOf = (command: string) =>
  run(command.replaceAll("http://localhost:3000", offline.url)).split(/\r?\n/);

const isImport = (command: string) => command.includes("/api/imports");

describe("the client's example", () => {
  it("is the one that is type-checked, and runs", async () => {
    const example = await readFile(join(projectRoot, "test/e2e/client-example.ts"), "utf8");
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
    const program = example.replaceAll("http://localhost:3000", offline.url);
    const args = ["--input-type=module-typescript", "--eval", program];
    const printed = execFileSync(process.execPath, args, {
      cwd: projectRoot,
      env: { ...process.env, TOKEN },
      encoding: "utf8",
    });
    expect(printed).toMatch(/^Luna is available\nPrecondition failed: .*\n$/);
  });
});

describe("the examples of the README", () => {
  it("are all curl commands with their answers, but for the one that gets a token", () => {
    const [beforeNext = ""] = section.split("\n## ");
    expect(examples).toHaveLength(beforeNext.split("```sh\n").length - 2);
    expect(TOKEN).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(examples.length).toBeGreaterThan(7);
  });

  it.each(["first", "second"])("answer what it says, the %s time", () => {
    for (const { command, expected } of examples) {
      expect(linesOf(command), command).toEqual(expect.arrayContaining(expected));
    }
  });

  it("import what can be imported, and say what cannot", async () => {
    const [start, progress] = examples.map(({ command }) => command).filter(isImport);
    linesOf(start as string);
    const report = () => linesOf(progress as string).join("\n");
    await expect.poll(report, { timeout: 30_000 }).toContain('"state":"completed"');
    expect(report()).toContain('"imported":1,"failed":1');
    expect(report()).toContain('"row":2');
  });

  it("create one pet when repeated", () => {
    const create = examples[0]?.command as string;
    linesOf(create);
    expect(linesOf(create)).toContain("idempotency-replayed: true");
    linesOf(examples.find(({ command }) => command.includes("DELETE"))?.command as string);
  });
});
