import * as z from "zod";
import { UserError } from "./user-error.ts";

type Test = (value: unknown) => boolean;

/**
 * Compiles the filters of an event source mapping to one function. A record passes when it matches any
 * of the patterns, or when there are none.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * @param patterns event patterns, JSON
 * @throws {UserError} Lambda would reject one of the patterns.
 */
export function compileFilters(patterns: string[]): (record: unknown) => boolean {
  const tests = patterns.map((pattern) => {
    try {
      return compileObject(JSON.parse(pattern));
    } catch (error) {
      throw new UserError(`The event filter ${pattern} is not valid: ${explain(error)}.`, {
        cause: error,
      });
    }
  });
  return (record) => tests.length === 0 || tests.some((test) => test(record));
}

/**
 * Returns whether a value matches an event pattern, by the rules of Lambda's event filters. To test
 * many values, compile the patterns once with `compileFilters`.
 *
 * @throws {Error} The pattern is not valid.
 */
export function matchesPattern(pattern: unknown, value: unknown): boolean {
  return compileObject(pattern)(value);
}

const Fields = z
  .record(z.string(), z.unknown(), "a pattern must be an object of fields")
  .refine((fields) => Object.keys(fields).length > 0, "a pattern must name at least one field");

/** Requires all fields to match. A missing value, or one that is no object, has no fields. */
function compileObject(pattern: unknown): Test {
  const tests = Object.entries(Fields.parse(pattern)).map(([name, wanted]) => {
    if (name === "$or" && Array.isArray(wanted)) return compileAnyOf(wanted);
    const test = compileField(name, wanted);
    return (value: unknown) => test(ownField(value, name));
  });
  const matches = (value: unknown) => tests.every((test) => test(value));
  // Of an array, a single element must match the whole pattern.
  return (value) =>
    Array.isArray(value) && value.length > 0 ? value.some(matches) : matches(value);
}

/** Ignores fields that every JavaScript object inherits. */
function ownField(value: unknown, name: string): unknown {
  const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return has ? (value as Record<string, unknown>)[name] : undefined;
}

function compileAnyOf(patterns: unknown[]): Test {
  const tests = patterns.map(compileObject);
  return (value) => tests.some((test) => test(value));
}

function compileField(name: string, wanted: unknown): Test {
  if (!Array.isArray(wanted)) return compileObject(wanted);
  if (wanted.length === 0) throw new Error(`the list of ${name} is empty`);
  const tests = wanted.map(compileLeaf);
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

/** Returns the values that operators test. A field that is an object has none. */
function leavesOf(value: unknown): Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (value === undefined || (typeof value === "object" && value !== null)) return [];
  return [value as Leaf];
}

function compileLeaf(wanted: unknown): LeavesTest {
  if (typeof wanted !== "object" || wanted === null) {
    return (leaves) => leaves.includes(wanted as Leaf);
  }
  const [operator, ...others] = Object.entries(wanted);
  const compile = operator && others.length === 0 ? operators.get(operator[0]) : undefined;
  if (!operator || !compile) {
    const known = [...operators.keys()].join(", ");
    throw new Error(`${JSON.stringify(wanted)} is none of ${known}, or has other keys besides it`);
  }
  return compile(operator[1]);
}

function explain(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  return error.issues.map(({ message }) => message).join("; ");
}

export type Leaf = string | number | boolean | null;
/** Tests the values of a field: none when it is missing, several when it is an array. */
export type LeavesTest = (leaves: Leaf[]) => boolean;

const Values = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]);
const Comparison = z.enum(["=", "<", "<=", ">", ">="]);
const Range = z.union([
  z.tuple([Comparison, z.number()]),
  z.tuple([z.enum([">", ">="]), z.number(), z.enum(["<", "<="]), z.number()]),
]);

const compare: Record<z.infer<typeof Comparison>, (a: number, b: number) => boolean> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const anyString =
  (test: (text: string) => boolean): LeavesTest =>
  (leaves) =>
    leaves.some((value) => typeof value === "string" && test(value));

/**
 * The operators of event patterns, by name. Each compiles its operand, and throws when Lambda would
 * reject it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export const operators = new Map<string, (operand: unknown) => LeavesTest>(
  Object.entries<(operand: unknown) => LeavesTest>({
    prefix(operand) {
      const prefix = z.string().parse(operand);
      return anyString((text) => text.startsWith(prefix));
    },
    suffix(operand) {
      const suffix = z.string().parse(operand);
      return anyString((text) => text.endsWith(suffix));
    },
    "equals-ignore-case"(operand) {
      const wanted = z.string().parse(operand).toLowerCase();
      return anyString((text) => text.toLowerCase() === wanted);
    },
    "anything-but"(operand) {
      const unwanted: Leaf[] = [Values.parse(operand)].flat();
      return (leaves) => leaves.some((value) => !unwanted.includes(value));
    },
    numeric(operand) {
      const [lower, bound, upper, limit] = Range.parse(operand);
      return (leaves) =>
        leaves.some(
          (value) =>
            typeof value === "number" &&
            compare[lower](value, bound) &&
            (upper === undefined || limit === undefined || compare[upper](value, limit)),
        );
    },
    exists(operand) {
      const wanted = z.boolean().parse(operand);
      return (leaves) => leaves.length > 0 === wanted;
    },
  }),
);
