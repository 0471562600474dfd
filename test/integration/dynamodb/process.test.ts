import { startProcess } from "@petstore/offline/services/dynamodb/process";
import { expect, it, onTestFinished } from "vitest";

/** An engine that prints what it prints in pieces, on both streams. */
const start = (script: string) => startProcess("/bin/sh", ["-c", script], () => {});

it("an address that comes in pieces is read to its end", async () => {
  // What has come after the first piece is a URL as well: that of another machine, 0.0.0.127.
  const engine = await start(
    "printf 'listening on http://127' >&2; sleep 0.2; echo a warning; printf '.0.0.1:8000\\n' >&2; exec sleep 60",
  );
  onTestFinished(engine.close);
  expect(engine.endpoint).toBe("http://127.0.0.1:8000");
});

it("an engine that ends without listening says why", async () => {
  await expect(start("echo warning; printf 'no room' >&2; exit 3")).rejects.toThrow(
    /warning\nno room \(exit 3\)|no room\nwarning \(exit 3\)/,
  );
});
