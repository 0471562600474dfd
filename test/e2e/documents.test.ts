import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot, runProgram } from "../support/offline.ts";
import { changedProject } from "../support/project.ts";
import { startShell } from "../support/shell.ts";
import { isThorough } from "../support/thorough.ts";

interface Example {
  command: string;
  /** The lines that the document shows after the command. */
  output: string[];
}

/** Returns the shell blocks of a document, each with the output that the document shows after it. */
const examplesIn = (text: string): Example[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)```(?:\n\n```(?:http|text)\n([\s\S]*?)```)?/gm)].map(
    ([, command = "", output = ""]) => ({ command, output: output.split("\n").filter(Boolean) }),
  );

/** Installs packages. `startCommand` starts the app. */
const excluded = "npm ci && npm start";

/** Starts the app, for all other blocks. It runs until Ctrl-C. */
const startCommand = "npm start -- --verbose | tee petstore.log\n";

const documents = await Promise.all(
  ["README.md", "docs/api.md", "docs/operations.md"].map(async (name) => {
    const text = await readFile(join(projectRoot, name), "utf8");
    const all = examplesIn(text);
    const examples = all.filter(
      ({ command }) => !command.startsWith(excluded) && command !== startCommand,
    );
    return { name, text, all, examples };
  }),
);
const [readme, api, operations] = documents as [Document, Document, Document];
type Document = (typeof documents)[number];

/** Whether a block shows what happens after a response: it is repeated until that has happened. */
const isRepeated = (command: string) => /^(grep|curl -i "\$IMPORT")/.test(command);

/** Replaces the port by the one that the app has here. */
const withPort = (text: string) => text.replaceAll("localhost:3000", `localhost:${port}`);

const resources = new AsyncDisposableStack();
let port: string;
let folder: string;

beforeAll(async () => {
  // The examples write files into the project's folder, so they run in a folder of links to it.
  const project = resources.use(await changedProject(() => {}));
  folder = project.path;
  for (const file of ["example.ts", "petstore.log", "readable.log"]) {
    await rm(join(folder, file), { force: true });
  }
  const start = startCommand.replace("--verbose", "--verbose --port 0");
  const app = runProgram("bash", ["-c", start], { cwd: folder });
  resources.defer(async () => {
    if (app.process.exitCode === null) process.kill(-(app.process.pid as number), "SIGINT");
    await app.exited;
  });
  await app.printed(/Ready/);
  [, port = ""] = /http:\/\/[\w.]+:(\d+)/.exec(app.output()) ?? [];
  const [, program = ""] = /^```ts\n([\s\S]*?)```/m.exec(api.text) ?? [];
  await writeFile(join(folder, "example.ts"), withPort(program));
});
afterAll(() => resources.disposeAsync());

/** Matches a line of output as a document shows it, where "…" stands for any text. */
const like = (line: string) =>
  expect.stringMatching(new RegExp(`^${withPort(line).split("…").map(RegExp.escape).join(".*")}$`));

describe("the documents with examples", () => {
  it("have shell blocks as `sh` only", () => {
    const languages = documents.flatMap(({ text }) =>
      [...text.matchAll(/^```(\w+)/gm)].map(([, language]) => language),
    );

    expect(new Set(languages)).toEqual(new Set(["sh", "http", "text", "ts", "mermaid"]));
  });

  it("have the blocks that are not run as examples", () => {
    expect(readme.all[0]?.command).toMatch(new RegExp(`^${excluded}`));
    expect(operations.all.map(({ command }) => command)).toContain(startCommand);
  });

  it("have the TypeScript example that is type-checked", async () => {
    const example = await readFile(join(import.meta.dirname, "client-example.ts"), "utf8");

    expect(api.text).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  it.concurrent.for([
    { ...readme, times: 1 },
    // What a run of the guide leaves behind does not change the next run.
    { ...api, times: isThorough ? 2 : 1 },
    { ...operations, times: 1 },
  ])(
    "have examples that print what they show: $name, $times × in one shell",
    { timeout: 180_000 },
    async ({ examples, times }, { expect }) => {
      await using shell = startShell(folder);

      for (const { command, output } of Array(times).fill(examples).flat() as Example[]) {
        const run = () => shell.run(withPort(command));
        const expected = expect.arrayContaining(output.map(like));
        if (isRepeated(command)) {
          await expect.poll(() => run().catch(() => []), { timeout: 60_000 }).toEqual(expected);
        } else {
          expect(await run(), command).toEqual(expected);
        }
      }
    },
  );

  it.concurrent("create one pet when the first request of the API guide is repeated", async ({
    expect,
  }) => {
    await using shell = startShell(folder);
    const repeat = api.examples.findIndex(({ command }) => command.startsWith("PET="));
    const first = api.examples.slice(0, repeat);
    const printed: string[] = [];

    for (const { command } of first) printed.push(...(await shell.run(withPort(command))));
    await shell.run(withPort(api.examples[repeat]?.command as string));
    const [address = ""] = await shell.run("echo $PET");

    expect(printed).toContain(`location: ${new URL(address).pathname}`);
  });
});
