import * as z from "zod";
import { type Leaf, type LeavesTest, operators } from "./event-pattern-operators.ts";
import { UserError } from "./user-error.ts";

type Test = (value: unknown) => boolean;

/**
 * The filters of an event source mapping as one test: a record passes when it matches any of the
 * patterns, or when there are none.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * @param patterns event patterns, JSON
 * @throws {UserError} A pattern is one that Lambda would not accept.
 */
export function compileFilters(patterns: string[]): (record: unknown) => boolean {
  const tests = patterns.map((pattern) => {
    try {
      return object(JSON.parse(pattern));
    } catch (error) {
      throw new UserError(`The event filter ${pattern} is not valid: ${explain(error)}.`, {
        cause: error,
      });
    }
  });
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}

/**
 * Whether a value matches an event pattern, as Lambda's event filters do. Filters that judge more
 * than one value are compiled once, by `compileFilters`.
 *
 * @throws {Error} It is no pattern.
 */
export function matchesPattern(pattern: unknown, value: unknown): boolean {
  return object(pattern)(value);
}

const Fields = z
  .record(z.string(), z.unknown(), "a pattern is an object of fields")
  .refine((fields) => Object.keys(fields).length > 0, "a pattern names at least one field");

/** All fields must match. What is not there, or is no object, is an object without fields. */
function object(pattern: unknown): Test {
  const tests = Object.entries(Fields.parse(pattern)).map(([name, wanted]) => {
    if (name === "$or" && Array.isArray(wanted)) return anyOf(wanted);
    const test = field(name, wanted);
    return (value: unknown) => test(own(value, name));
  });
  const matches = (value: unknown) => tests.every((test) => test(value));
  // Of an array, one and the same element must match all of the pattern.
  return (value) =>
    Array.isArray(value) && value.length > 0 ? value.some(matches) : matches(value);
}

/** Never what JavaScript adds to every object. */
function own(value: unknown, name: string): unknown {
  const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return has ? (value as Record<string, unknown>)[name] : undefined;
}

function anyOf(patterns: unknown[]): Test {
  const tests = patterns.map(object);
  return (value) => tests.some((test) => test(value));
}

function field(name: string, wanted: unknown): Test {
  if (!Array.isArray(wanted)) return object(wanted);
  if (wanted.length === 0) throw new Error(`${name} lists nothing to match`);
  const tests = wanted.map(leaf);
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

/** Operators see leaves only, so a field that is an object does not exist for them. */
function leavesOf(value: unknown): Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (value === undefined || (typeof value === "object" && value !== null)) return [];
  return [value as Leaf];
}

function leaf(wanted: unknown): LeavesTest {
  if (typeof wanted !== "object" || wanted === null) {
    return (leaves) => leaves.includes(wanted as Leaf);
  }
  const [operator, ...others] = Object.entries(wanted);
  const compile = operator && others.length === 0 ? operators.get(operator[0]) : undefined;
  if (!operator || !compile) {
    const known = [...operators.keys()].join(", ");
    throw new Error(`${JSON.stringify(wanted)} is none of ${known}, and they stand alone`);
  }
  return compile(operator[1]);
}

function explain(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  return error.issues.map(({ message }) => message).join("; ");
}
