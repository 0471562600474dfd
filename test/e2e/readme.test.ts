import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot, runProgram } from "../support/offline.ts";
import { changedProject } from "../support/project.ts";
import { startShell } from "../support/shell.ts";

const readme = await readFile(join(projectRoot, "README.md"), "utf8");

/** The shell blocks, each with the output that the README shows after it. */
const blocks = [
  ...readme.matchAll(/^```sh\n([\s\S]*?)```(?:\n\n```(?:http|text)\n([\s\S]*?)```)?/gm),
].map(([, command = "", output = ""]) => ({ command, output: output.split("\n").filter(Boolean) }));

/** How the blocks start that are not executed. */
const excluded = [
  // Installs packages. `startCommand` starts the app.
  "npm ci && npm start",
  // Needs AWS.
  "npm run dev",
];
const isExcluded = (command: string) => excluded.some((start) => command.startsWith(start));

/** Starts the app, for all other blocks. It runs until Ctrl-C. */
const startCommand = "npm start -- --verbose | tee petstore.log\n";

/** Blocks that show what happens after a response: they are repeated until it has happened. */
const isRepeated = (command: string) => /^(grep|curl -i "\$IMPORT")/.test(command);

const examples = blocks.filter(({ command }) => !isExcluded(command) && command !== startCommand);

/** The text with the port that the app has here. */
const withPort = (text: string) => text.replaceAll("localhost:3000", `localhost:${port}`);

const resources = new AsyncDisposableStack();
let port: string;
let shell: ReturnType<typeof startShell>;

beforeAll(async () => {
  // The examples write files into the project's folder, so they run in a folder of links to it.
  const project = resources.use(await changedProject(() => {}));
  for (const file of ["example.ts", "petstore.log"]) {
    await rm(join(project.path, file), { force: true });
  }
  const start = startCommand.replace("--verbose", "--verbose --port 0");
  const app = runProgram("bash", ["-c", start], { cwd: project.path });
  resources.defer(async () => {
    if (app.process.exitCode === null) process.kill(-(app.process.pid as number), "SIGINT");
    await app.exited;
  });
  await app.printed(/Ready/);
  [, port = ""] = /http:\/\/[\w.]+:(\d+)/.exec(app.output()) ?? [];
  shell = resources.use(startShell(project.path));
  const [, program = ""] = /^```ts\n([\s\S]*?)```/m.exec(readme) ?? [];
  await writeFile(join(project.path, "example.ts"), withPort(program));
});
afterAll(() => resources.disposeAsync());

/** Matches a line of output as the README shows it, where "…" stands for any text. */
const like = (line: string) =>
  expect.stringMatching(new RegExp(`^${line.split("…").map(RegExp.escape).join(".*")}$`));

describe("README.md", () => {
  it("has shell blocks as `sh` only, and all that the test knows", () => {
    const languages = [...readme.matchAll(/^```(\w+)/gm)].map(([, language]) => language);
    const commands = blocks.map(({ command }) => command);

    expect(new Set(languages)).toEqual(new Set(["sh", "http", "text", "ts", "mermaid"]));

    expect(commands).toContain(startCommand);
    for (const start of excluded) {
      expect(commands).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)));
    }
  });

  it("has the TypeScript example that is type-checked", async () => {
    const example = await readFile(join(import.meta.dirname, "client-example.ts"), "utf8");

    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  it.each(["first", "second"])(
    "has examples that print what it shows, the %s time",
    async () => {
      for (const { command, output } of examples) {
        const run = () => shell.run(withPort(command));
        const expected = expect.arrayContaining(output.map(like));
        if (isRepeated(command)) {
          await expect.poll(() => run().catch(() => []), { timeout: 60_000 }).toEqual(expected);
        } else {
          expect(await run(), command).toEqual(expected);
        }
      }
    },
    180_000,
  );

  it("creates one pet when its first request is repeated", async () => {
    const repeat = examples.findIndex(({ command }) => command.startsWith("PET="));
    const first = examples.slice(0, repeat);
    const printed: string[] = [];

    for (const { command } of first) printed.push(...(await shell.run(withPort(command))));
    await shell.run(withPort(examples[repeat]?.command as string));
    const [address = ""] = await shell.run("echo $PET");

    expect(printed).toContain(`location: ${new URL(address).pathname}`);
  });
});
