import { startProcess } from "@petstore/offline/services/dynamodb/process";
import { describe, expect, it, onTestFinished } from "vitest";

/** Starts a shell script as engine. */
const start = (script: string) => startProcess("/bin/sh", ["-c", script], () => {});

describe("startProcess", () => {
  it("reads an address that is printed in pieces", async () => {
    // The first piece is a URL as well, of another host: 0.0.0.127.
    const engine = await start(
      "printf 'listening on http://127' >&2; sleep 0.2; echo a warning; printf '.0.0.1:8000\\n' >&2; exec sleep 60",
    );
    onTestFinished(engine.close);
    expect(engine.endpoint).toBe("http://127.0.0.1:8000");
  });

  it("rejects with the output of an engine that exits before it is listening", async () => {
    await expect(start("echo warning; printf 'no room' >&2; exit 3")).rejects.toThrow(
      /warning\nno room \(exit 3\)|no room\nwarning \(exit 3\)/,
    );
  });
});
