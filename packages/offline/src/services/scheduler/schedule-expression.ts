import { Cron } from "croner";
import { UserError } from "../../util/user-error.ts";
import type { Schedule } from "./resources.ts";

/** Returns the first run of a schedule after a time; undefined when there is none. */
export type NextRun = (after: Date) => Date | undefined;

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The fields of AWS's cron expressions, with their permitted characters and greatest value. */
const FIELDS = [
  { name: "minutes", allowed: /^[\d,*/-]+$/, last: 59 },
  { name: "hours", allowed: /^[\d,*/-]+$/, last: 23 },
  { name: "day-of-month", allowed: /^(\?|[\d,*/LW-]+)$/i, last: 31 },
  { name: "month", allowed: /^[\dA-Z,*/-]+$/i, last: 12 },
  { name: "day-of-week", allowed: /^(\?|[\dA-Z,*/#-]+)$/i, last: 7 },
  { name: "year", allowed: /^[\d,*/-]+$/, last: 2199 },
];

/**
 * Parses an expression of EventBridge Scheduler: `rate(…)`, `cron(…)` or `at(…)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws {UserError} The expression or the time zone is not valid, or not supported offline.
 */
export function nextRunOf(schedule: Pick<Schedule, "name" | "expression" | "timezone">): NextRun {
  const { name, expression, timezone } = schedule;
  try {
    const [, kind, argument = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
    if (kind === "rate") return parseRate(argument);
    const next = kind === "cron" ? parseCron(argument, timezone) : parseAt(argument, timezone);
    // croner validates the time zone only when it computes a run.
    next(new Date());
    return next;
  } catch (error) {
    const reason = (error as Error).message;
    throw new UserError(
      `The schedule ${name} has an invalid expression, ${expression} (${timezone}): ${reason}.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * A rate runs at whole multiples of its period since 1970, so at the same times after each start of
 * the runtime. On AWS the first period begins when the schedule is created.
 */
function parseRate(argument: string): NextRun {
  const [, value, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (value === undefined)
    throw new Error("rate takes a positive number of minutes, hours or days");
  const period = Number(value) * UNITS[unit as keyof typeof UNITS];
  return (after) => new Date((Math.floor(after.getTime() / period) + 1) * period);
}

function parseAt(argument: string, timezone: string): NextRun {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument)) {
    throw new Error("a schedule is rate(…), cron(…) or at(yyyy-mm-ddThh:mm:ss)");
  }
  const time = new Cron(argument, { timezone, paused: true });
  return (after) => time.nextRun(after) ?? undefined;
}

/** Skips times that do not exist on the day when daylight saving time begins; croner moves them. */
function parseCron(argument: string, timezone: string): NextRun {
  const times = new Cron(toCroner(argument), {
    timezone,
    mode: "7-part",
    // 1 is Sunday.
    alternativeWeekdays: true,
    paused: true,
  });
  return (after) => {
    let run = times.nextRun(after);
    while (run && !times.match(run)) run = times.nextRun(run);
    return run ?? undefined;
  };
}

/** Converts AWS's six fields to croner's seven, of which the first one is seconds. */
function toCroner(argument: string): string {
  const fields = argument.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    throw new Error("cron takes six fields: minutes hours day-of-month month day-of-week year");
  }
  if ((fields[2] === "?") === (fields[4] === "?")) {
    throw new Error("exactly one of day-of-month and day-of-week has to be ?");
  }
  return ["0", ...fields.map(toCronerField)].join(" ");
}

function toCronerField(field: string, index: number): string {
  const { name, allowed, last } = FIELDS[index] as (typeof FIELDS)[number];
  if (!allowed.test(field)) throw new Error(`${field} cannot be ${name}`);
  // In croner, ? means "now", and L alone is not a day of the week.
  if (field === "?") return "*";
  if (name === "day-of-week" && /^L$/i.test(field)) return String(last);
  return field.replace(/(?<=^|,)(\w+)\/(\d+)/g, `$1-${last}/$2`);
}
