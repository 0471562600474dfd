import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openState } from "@petstore/offline/state/state";
import { UserError } from "@petstore/offline/util/user-error";
import { expect, it, onTestFinished } from "vitest";

const module = import.meta.resolve("@petstore/offline/state/state");

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "state-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A state with one file of data in it, closed. */
function written(): { directory: string; data: string; stateFile: string } {
  const directory = join(temporary(), "new", "dev");
  const state = openState(directory);
  const data = join(state.dataDirectory("engine"), "data.db");
  writeFileSync(data, "precious");
  state.close();
  return { directory, data, stateFile: join(directory, "state.json") };
}

/** Opens the state in a process of its own, which says what came of it and stays until killed. */
function opener(directory: string) {
  const script = `
    import { openState } from ${JSON.stringify(module)};
    try { openState(${JSON.stringify(directory)}); console.log("opened"); } catch (e) { console.log(e.name); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const outcome = once(child.stdout, "data").then(([chunk]) => String(chunk).trim());
  return { child, outcome };
}

it("data stays from run to run", () => {
  const { directory, data } = written();
  openState(directory).close();
  expect(readFileSync(data, "utf8")).toBe("precious");
});

it("each engine has its own data", () => {
  const state = openState(temporary());
  onTestFinished(state.close);
  expect(state.dataDirectory("one")).not.toBe(state.dataDirectory("two"));
});

it("fresh discards the data", () => {
  const { directory, data } = written();
  openState(directory, { fresh: true }).close();
  expect(existsSync(data)).toBe(false);
});

it("discarding that was cut short is completed", () => {
  const { directory, data } = written();
  writeFileSync(join(directory, "discarding"), "");
  openState(directory).close();
  expect(existsSync(data)).toBe(false);
  expect(existsSync(join(directory, "discarding"))).toBe(false);
});

it.each(["state.json", "offline.lock"])("without %s the data stays", (file) => {
  const { directory, data } = written();
  rmSync(join(directory, file));
  openState(directory).close();
  expect(readFileSync(data, "utf8")).toBe("precious");
});

it("a lock file that is damaged is refused until --fresh", () => {
  const { directory } = written();
  writeFileSync(join(directory, "offline.lock"), "no lock".repeat(999));
  expect(() => openState(directory)).toThrow(/offline\.lock is damaged .*--fresh/);
  openState(directory, { fresh: true }).close();
  openState(directory).close();
});

it("a lock file that is damaged while it is locked stays locked, even for --fresh", async () => {
  const { directory } = written();
  const { child, outcome } = opener(directory);
  expect(await outcome).toBe("opened");
  writeFileSync(join(directory, "offline.lock"), "no lock".repeat(999));
  for (const fresh of [false, true]) {
    expect(() => openState(directory, { fresh })).toThrow(`Process ${child.pid}`);
  }
});

it("nobody but the owner can read a state, even one of an earlier version", () => {
  const { directory, data, stateFile } = written();
  for (const path of [directory, data, stateFile]) chmodSync(path, 0o755);
  openState(directory).close();
  const modes = [directory, data, stateFile].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o600]);
});

it.each([{ fresh: false }, { fresh: true }])("a directory of others is refused: %j", (options) => {
  const directory = temporary();
  const theirs = join(directory, "thesis.txt");
  writeFileSync(theirs, "");
  expect(() => openState(directory, options)).toThrow(UserError);
  expect(existsSync(theirs)).toBe(true);
});

it("a path that is a file is refused", () => {
  const file = join(temporary(), "file");
  writeFileSync(file, "");
  expect(() => openState(file)).toThrow(/--state/);
});

it.each([
  ["unreadable", "{", /is unreadable: .*--fresh/],
  ["not ours", '{"format":"x"}', /is unreadable: .*--fresh/],
  ["newer", '{"format":2,"pid":1}', /has format 2, not 1: .*--fresh/],
])("a state file that is %s is refused until --fresh", (_, content, message) => {
  const { directory, stateFile } = written();
  writeFileSync(stateFile, content);
  expect(() => openState(directory)).toThrow(UserError);
  expect(() => openState(directory)).toThrow(message);
  openState(directory, { fresh: true }).close();
  openState(directory).close();
});

it("a state in use is refused, with the process that uses it; even by --fresh", () => {
  const directory = temporary();
  const state = openState(directory);
  onTestFinished(state.close);
  const data = state.dataDirectory("engine");
  expect(() => openState(directory, { fresh: true })).toThrow(UserError);
  expect(() => openState(directory)).toThrow(new RegExp(`Process ${process.pid} .*--state`));
  expect(existsSync(data)).toBe(true);
});

it("of many who start at once, one gets the state", async () => {
  const directory = join(temporary(), "dev");
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => opener(directory).outcome));
  expect(outcomes.toSorted()).toEqual([...Array(5).fill("UserError"), "opened"]);
});

it("a killed process leaves no lock behind", async () => {
  const { directory, data } = written();
  const { child, outcome } = opener(directory);
  expect(await outcome).toBe("opened");
  expect(() => openState(directory)).toThrow(`Process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  openState(directory).close();
  expect(readFileSync(data, "utf8")).toBe("precious");
});
