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
import { describe, expect, it, onTestFinished } from "vitest";

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

describe("openState", () => {
  it("preserves data between runs", () => {
    const { directory, data } = written();
    openState(directory).close();
    expect(readFileSync(data, "utf8")).toBe("precious");
  });

  it("separates the data of engines", () => {
    const state = openState(temporary());
    onTestFinished(state.close);
    expect(state.dataDirectory("one")).not.toBe(state.dataDirectory("two"));
  });

  it("discards the data with fresh", () => {
    const { directory, data } = written();
    openState(directory, { fresh: true }).close();
    expect(existsSync(data)).toBe(false);
  });

  it("completes an interrupted discard", () => {
    const { directory, data } = written();
    writeFileSync(join(directory, "discarding"), "");
    openState(directory).close();
    expect(existsSync(data)).toBe(false);
    expect(existsSync(join(directory, "discarding"))).toBe(false);
  });

  it.each(["state.json", "offline.lock"])("preserves the data when %s is missing", (file) => {
    const { directory, data } = written();
    rmSync(join(directory, file));
    openState(directory).close();
    expect(readFileSync(data, "utf8")).toBe("precious");
  });

  it("rejects a damaged lock file unless fresh", () => {
    const { directory } = written();
    writeFileSync(join(directory, "offline.lock"), "no lock".repeat(999));
    expect(() => openState(directory)).toThrow(/offline\.lock is damaged .*--fresh/);
    openState(directory, { fresh: true }).close();
    openState(directory).close();
  });

  it("respects the lock on a damaged lock file, even with fresh", async () => {
    const { directory } = written();
    const { child, outcome } = opener(directory);
    expect(await outcome).toBe("opened");
    writeFileSync(join(directory, "offline.lock"), "no lock".repeat(999));
    for (const fresh of [false, true]) {
      expect(() => openState(directory, { fresh })).toThrow(`Process ${child.pid}`);
    }
  });

  it("makes a state readable by its owner only, even one of an earlier version", () => {
    const { directory, data, stateFile } = written();
    for (const path of [directory, data, stateFile]) chmodSync(path, 0o755);
    openState(directory).close();
    const modes = [directory, data, stateFile].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it.each([{ fresh: false }, { fresh: true }])(
    "rejects a directory with other files: %j",
    (options) => {
      const directory = temporary();
      const theirs = join(directory, "thesis.txt");
      writeFileSync(theirs, "");
      expect(() => openState(directory, options)).toThrow(UserError);
      expect(existsSync(theirs)).toBe(true);
    },
  );

  it("rejects a path of a file", () => {
    const file = join(temporary(), "file");
    writeFileSync(file, "");
    expect(() => openState(file)).toThrow(/--state/);
  });

  it.each([
    ["unreadable", "{", /is unreadable: .*--fresh/],
    ["not ours", '{"format":"x"}', /is unreadable: .*--fresh/],
    ["newer", '{"format":2,"pid":1}', /has format 2, not 1: .*--fresh/],
  ])("rejects a state file that is %s unless fresh", (_, content, message) => {
    const { directory, stateFile } = written();
    writeFileSync(stateFile, content);
    expect(() => openState(directory)).toThrow(UserError);
    expect(() => openState(directory)).toThrow(message);
    openState(directory, { fresh: true }).close();
    openState(directory).close();
  });

  it("rejects a state in use, naming the process, even with fresh", () => {
    const directory = temporary();
    const state = openState(directory);
    onTestFinished(state.close);
    const data = state.dataDirectory("engine");
    expect(() => openState(directory, { fresh: true })).toThrow(UserError);
    expect(() => openState(directory)).toThrow(new RegExp(`Process ${process.pid} .*--state`));
    expect(existsSync(data)).toBe(true);
  });

  it("opens the state for one of several concurrent processes", async () => {
    const directory = join(temporary(), "dev");
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => opener(directory).outcome));
    expect(outcomes.toSorted()).toEqual([...Array(5).fill("UserError"), "opened"]);
  });

  it("releases the lock of a killed process", async () => {
    const { directory, data } = written();
    const { child, outcome } = opener(directory);
    expect(await outcome).toBe("opened");
    expect(() => openState(directory)).toThrow(`Process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    openState(directory).close();
    expect(readFileSync(data, "utf8")).toBe("precious");
  });
});
