import { formatDuration, parseLogLine, shortenName } from "@petstore/offline/console/page/format";
import { describe, expect, it } from "vitest";

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [0.123, "0.12 ms"],
    [1.25, "1.3 ms"],
    [7, "7 ms"],
    [12.5, "13 ms"],
    [999, "999 ms"],
    [1500, "1.50 s"],
  ])("formats %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("shortenName", () => {
  it.each([
    ["petstore-offline-ChunksDeadLettersQueue-bdvfbzta", "ChunksDeadLetters"],
    ["petstore-offline-TableTable-bdvfbzta", "Table"],
    ["another-apps-Queue-bdvfbzta", "another-apps-Queue-bdvfbzta"],
    ["GetPet", "GetPet"],
  ])("shortens %s to %s", (name, short) => {
    expect(shortenName(name, { app: "petstore", stage: "offline" })).toBe(short);
  });
});

describe("parseLogLine", () => {
  it("returns level, message and other fields of a JSON line, and any other line as message", () => {
    const line = JSON.stringify({
      level: "INFO",
      message: "request",
      timestamp: "now",
      status: 200,
    });
    expect(parseLogLine(line)).toEqual({
      level: "INFO",
      message: "request",
      rest: '{"status":200}',
    });
    const metrics = '{"_aws":{},"ColdStarts":1}';
    expect(parseLogLine(metrics)).toEqual({ message: "metrics", rest: metrics });
    expect(parseLogLine('{"message":{"a":1}}')).toEqual({ message: '{"a":1}', rest: "{}" });
    for (const text of ["REPORT RequestId: 1", "{not json", '{"no":"message"}', ""]) {
      expect(parseLogLine(text)).toEqual({ message: text });
    }
  });
});
