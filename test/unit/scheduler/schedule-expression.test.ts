import { nextRunOf } from "@petstore/offline/services/scheduler/schedule-expression";
import { UserError } from "@petstore/offline/util/user-error";
import { describe, expect, it } from "vitest";

const schedule = (expression: string, timezone = "UTC") => ({
  name: "nightly",
  expression,
  timezone,
});

function runs(expression: string, timezone: string, from: string, count: number): string[] {
  const next = nextRunOf(schedule(expression, timezone));
  const times: string[] = [];
  let after: Date | undefined = new Date(from);
  while (after && times.length < count) {
    after = next(after);
    if (after) times.push(after.toISOString().replace(":00.000Z", "Z"));
  }
  return times;
}

/** 1 January 2026 is a Thursday. */
const NEW_YEAR = "2026-01-01T00:00:00Z";

describe("nextRunOf", () => {
  it.each([
    ["rate(1 minute)", ["2026-01-01T00:01Z", "2026-01-01T00:02Z"]],
    ["rate(5 minutes)", ["2026-01-01T00:05Z", "2026-01-01T00:10Z"]],
    ["rate(2 hours)", ["2026-01-01T02:00Z", "2026-01-01T04:00Z"]],
    ["rate(1 day)", ["2026-01-02T00:00Z", "2026-01-03T00:00Z"]],
    ["cron(0 12 * * ? *)", ["2026-01-01T12:00Z", "2026-01-02T12:00Z"]],
    ["cron(0/20 * * * ? *)", ["2026-01-01T00:20Z", "2026-01-01T00:40Z", "2026-01-01T01:00Z"]],
    ["cron(10/30 8-9 * * ? *)", ["2026-01-01T08:10Z", "2026-01-01T08:40Z", "2026-01-01T09:10Z"]],
    ["cron(*/30 0 * * ? *)", ["2026-01-01T00:30Z", "2026-01-02T00:00Z"]],
    ["cron(0 9 ? * 2-6 *)", ["2026-01-01T09:00Z", "2026-01-02T09:00Z", "2026-01-05T09:00Z"]],
    ["cron(0 9 ? * MON-FRI *)", ["2026-01-01T09:00Z", "2026-01-02T09:00Z", "2026-01-05T09:00Z"]],
    ["cron(0 9 ? * 1 *)", ["2026-01-04T09:00Z", "2026-01-11T09:00Z"]],
    ["cron(0 9 ? * 2/2 *)", ["2026-01-02T09:00Z", "2026-01-05T09:00Z", "2026-01-07T09:00Z"]],
    ["cron(0 9 ? * L *)", ["2026-01-03T09:00Z", "2026-01-10T09:00Z"]],
    ["cron(15 10 ? * 6L 2026)", ["2026-01-30T10:15Z", "2026-02-27T10:15Z"]],
    ["cron(0 9 ? * 3#2 *)", ["2026-01-13T09:00Z", "2026-02-10T09:00Z"]],
    ["cron(0 0 L * ? *)", ["2026-01-31T00:00Z", "2026-02-28T00:00Z"]],
    ["cron(0 9 3W * ? *)", ["2026-01-02T09:00Z", "2026-02-03T09:00Z"]],
    ["cron(0 0 1 JAN,JUL ? 2026/2)", ["2026-07-01T00:00Z", "2028-01-01T00:00Z"]],
    ["cron(0 0 1 1 ? 2025)", []],
    ["at(2026-03-01T10:30:00)", ["2026-03-01T10:30Z"]],
    ["at(2025-12-31T23:59:59)", []],
  ])("%s runs at %s", (expression, expected) => {
    expect(runs(expression, "UTC", NEW_YEAR, expected.length || 1)).toEqual(expected);
  });

  it("uses the schedule's time zone", () => {
    expect(runs("cron(0 9 * * ? *)", "America/New_York", NEW_YEAR, 1)).toEqual([
      "2026-01-01T14:00Z",
    ]);
    expect(runs("at(2026-07-01T09:00:00)", "Europe/Berlin", NEW_YEAR, 1)).toEqual([
      "2026-07-01T07:00Z",
    ]);
  });

  it("skips times that daylight saving time omits, and runs once at repeated times", () => {
    const daily = "cron(30 2 * * ? *)";
    expect(runs(daily, "Europe/Berlin", "2026-03-28T00:00:00Z", 2)).toEqual([
      "2026-03-28T01:30Z",
      "2026-03-30T00:30Z",
    ]);
    expect(runs(daily, "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
  });

  it("runs a rate at the same times after each start", () => {
    expect(runs("rate(5 minutes)", "UTC", "2026-01-01T00:03:21Z", 1)).toEqual([
      "2026-01-01T00:05Z",
    ]);
  });

  it.each([
    ["rate(0 minutes)", "positive number"],
    ["rate(5 seconds)", "minutes, hours or days"],
    ["rate(1.5 hours)", "positive number"],
    ["every day", "a schedule is"],
    ["at(2026-01-01)", "a schedule is"],
    ["at(2026-13-01T00:00:00)", "at(2026-13-01T00:00:00)"],
    ["cron(0 12 * * ?)", "six fields"],
    ["cron(0 12 * * * *)", "has to be ?"],
    ["cron(0 12 ? * ? *)", "has to be ?"],
    ["cron(0 12 1 * MON *)", "has to be ?"],
    ["cron(? 12 * * ? *)", "? cannot be minutes"],
    ["cron(0 24 * * ? *)", "24"],
    ["cron(60 0 * * ? *)", "60"],
    ["cron(0 0 ? * 0 *)", "dayOfWeek"],
    ["cron(0 0 ? * FRI-MON *)", "larger"],
    ["cron(0 0 L-3 * ? *)", "L-3"],
  ])("rejects %s with the schedule's name", (expression, reason) => {
    const parse = () => nextRunOf(schedule(expression));
    expect(parse).toThrow(UserError);
    expect(parse).toThrow("nightly");
    expect(parse).toThrow(reason);
  });

  it("rejects an unknown time zone", () => {
    expect(() => nextRunOf(schedule("cron(0 0 * * ? *)", "Mars/Olympus"))).toThrow(UserError);
    expect(() => nextRunOf(schedule("at(2026-01-01T00:00:00)", "Mars/Olympus"))).toThrow(UserError);
  });
});
