import * as z from "zod";
import { UserError } from "./user-error.ts";

type Test = (value: unknown) => boolean;
type Leaf = string | number | boolean | null;
/** Tests the values of a field: none if it is missing, several if it is an array. */
type LeavesTest = (leaves: Leaf[]) => boolean;

/**
 * Compiles the filters of an event source mapping to a function that returns whether a record matches
 * one of the patterns. Without patterns all records match.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 *
 * @param patterns event patterns as JSON
 * @throws {UserError} A pattern is not valid.
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

const Fields = z
  .record(z.string(), z.unknown(), "a pattern has to be an object")
  .refine((fields) => Object.keys(fields).length > 0, "a pattern requires at least one field");

/** All fields have to match. A missing value, or one that is not an object, has no fields. */
function compileObject(pattern: unknown): Test {
  const tests = Object.entries(Fields.parse(pattern)).map(([name, expected]) => {
    if (name === "$or" && Array.isArray(expected)) return compileAnyOf(expected);
    const test = compileField(name, expected);
    return (value: unknown) => test(ownValue(value, name));
  });
  const matches = (value: unknown) => tests.every((test) => test(value));
  // One element of an array has to match the whole pattern.
  return (value) =>
    Array.isArray(value) && value.length > 0 ? value.some(matches) : matches(value);
}

/** Returns an own property, not an inherited one such as `toString`. */
function ownValue(value: unknown, name: string): unknown {
  const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return has ? (value as Record<string, unknown>)[name] : undefined;
}

function compileAnyOf(patterns: unknown[]): Test {
  const tests = patterns.map(compileObject);
  return (value) => tests.some((test) => test(value));
}

function compileField(name: string, expected: unknown): Test {
  if (!Array.isArray(expected)) return compileObject(expected);
  if (expected.length === 0) throw new Error(`${name} has no values to match`);
  const tests = expected.map(compileLeaf);
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

/** Operators match leaves only, so a field with an object does not exist for them. */
function leavesOf(value: unknown): Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (value === undefined || (typeof value === "object" && value !== null)) return [];
  return [value as Leaf];
}

function compileLeaf(expected: unknown): LeavesTest {
  if (typeof expected !== "object" || expected === null) {
    return (leaves) => leaves.includes(expected as Leaf);
  }
  const [operator, ...others] = Object.entries(expected);
  const compile = operator && others.length === 0 ? operators.get(operator[0]) : undefined;
  if (!operator || !compile) {
    const known = [...operators.keys()].join(", ");
    throw new Error(`${JSON.stringify(expected)} has to have exactly one of ${known}`);
  }
  return compile(operator[1]);
}

function explain(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  return error.issues.map(({ message }) => message).join("; ");
}

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
 * The operators of event patterns, by name. Each compiles its operand, and throws if it is not valid.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
const operators = new Map<string, (operand: unknown) => LeavesTest>(
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
      const expected = z.string().parse(operand).toLowerCase();
      return anyString((text) => text.toLowerCase() === expected);
    },
    "anything-but"(operand) {
      const unexpected: Leaf[] = [Values.parse(operand)].flat();
      return (leaves) => leaves.some((value) => !unexpected.includes(value));
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
      const expected = z.boolean().parse(operand);
      return (leaves) => leaves.length > 0 === expected;
    },
  }),
);
