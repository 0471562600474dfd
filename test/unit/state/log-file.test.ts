import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogFileOptions, openLogFile } from "@petstore/offline/state/log-file";
import { describe, expect, it, onTestFinished } from "vitest";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "log-file-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function open(path: string, options: Partial<LogFileOptions> = {}) {
  const reasons: string[] = [];
  const onStop = (reason: string) => reasons.push(reason);
  const file = openLogFile(path, { flags: "a", onStop, ...options });
  onTestFinished(file.close);
  return { ...file, reasons };
}

describe("openLogFile", () => {
  it("stores the latest lines in two files of limited size", () => {
    const directory = folder();
    const path = join(directory, "access.log");
    const { write } = open(path, { maxBytes: 10 });

    for (let line = 1; line <= 7; line++) write(`${line}234\n`);

    expect(readdirSync(directory)).toEqual(["access.log", "access.log.1"]);
    expect(readFileSync(`${path}.1`, "utf8")).toBe("5234\n6234\n");
    expect(readFileSync(path, "utf8")).toBe("7234\n");
  });

  it("includes the lines of an earlier runtime in the limit", () => {
    const path = join(folder(), "access.log");
    writeFileSync(path, "earlier\n");

    open(path, { maxBytes: 10 }).write("now\n");

    expect(readFileSync(`${path}.1`, "utf8")).toBe("earlier\n");
    expect(readFileSync(path, "utf8")).toBe("now\n");
  });

  it("stops and reports one sentence when the disk is full", () => {
    const { write, reasons } = open("/dev/full");

    write("one\n");
    write("two\n");

    expect(reasons).toEqual([expect.stringMatching(/^Stopped writing to .*ENOSPC[^\n]*\.$/)]);
  });
});
