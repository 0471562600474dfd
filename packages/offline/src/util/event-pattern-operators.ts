import * as z from "zod";

export type Leaf = string | number | boolean | null;
/** Judges a field by the values it has: none when it is missing, several when it is an array. */
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
 * The operators of event patterns, by name. Each takes its operand and throws when Lambda would not
 * accept it.
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
