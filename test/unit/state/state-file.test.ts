import { DatabaseSync } from "node:sqlite";
import { openStateFile, stateFileUser } from "@petstore/offline/state/state-file";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it } from "vitest";

const failing = (error: object) => () => {
  throw Object.assign(new Error("the reason.\nMore of it"), error);
};

describe("openStateFile", () => {
  it.each([
    [{ code: "ENOSPC" }, /^The disk is full, so \/a\/b could not be written: [^\n]+$/],
    [{ errcode: 13 }, /^The disk is full, so \/a\/b could not be written: [^\n]+$/],
    [{ errcode: 778 }, /^\/a\/b could not be read or written \(the reason\): [^\n]+$/],
    [{ errcode: 5 }, /^Another program has locked \/a\/b: [^\n]+$/],
    [{ code: "EACCES" }, /^\/a\/b cannot be used \(the reason\): [^\n]+ --state\.$/],
    [{ errcode: 26 }, /^\/a\/b is damaged \(the reason\): start once with --fresh [^\n]+$/],
    [{}, /^\/a\/b is damaged \(the reason\): start once with --fresh [^\n]+$/],
  ])("describes %j in one sentence", (error, sentence) => {
    expect(() => openStateFile("/a/b", failing(error))).toThrow(UserError);
    expect(() => openStateFile("/a/b", failing(error))).toThrow(sentence);
  });
});

describe("stateFileUser", () => {
  const open = () => {
    const reasons: string[] = [];
    return { reasons, use: stateFileUser("/a/b", (reason) => reasons.push(reason)) };
  };

  it("reports a failure and throws it", () => {
    const { reasons, use } = open();

    expect(() => use(failing({ code: "ENOSPC" }))).toThrow(UserError);

    expect(reasons).toEqual([expect.stringMatching(/^The disk is full/)]);
  });

  it("does not report the use of a database that is closed", () => {
    const { reasons, use } = open();
    const database = new DatabaseSync(":memory:");
    database.close();

    expect(() => use(() => database.exec("BEGIN"))).toThrow("not open");

    expect(reasons).toEqual([]);
  });
});
