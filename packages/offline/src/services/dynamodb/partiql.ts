import * as z from "zod";
import type { Permission } from "../../runtime/authorization.ts";

const Statement = z.object({ Statement: z.string() });
const Input = z.union([
  Statement.transform((one) => [one]),
  z.object({ Statements: z.array(Statement) }).transform(({ Statements }) => Statements),
  z.object({ TransactStatements: z.array(Statement) }).transform((all) => all.TransactStatements),
]);

const name = '"?([\\w.-]+)"?(?:\\."?([\\w-]+)"?)?';
/** The table, and perhaps the index, of each kind of statement. */
const KINDS: [action: string, RegExp][] = [
  ["PartiQLSelect", new RegExp(`^\\s*SELECT\\b[^]*?\\bFROM\\s+${name}`, "i")],
  ["PartiQLInsert", new RegExp(`^\\s*INSERT\\s+INTO\\s+${name}`, "i")],
  ["PartiQLUpdate", new RegExp(`^\\s*UPDATE\\s+${name}`, "i")],
  ["PartiQLDelete", new RegExp(`^\\s*DELETE\\s+FROM\\s+${name}`, "i")],
  ["ConditionCheckItem", new RegExp(`^\\s*EXISTS\\b[^]*?\\bFROM\\s+${name}`, "i")],
];

/**
 * The rights that PartiQL statements need; one that cannot be understood needs one to all tables.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export function partiqlNeeds(input: unknown, tableArn: (name: string) => string): Permission[] {
  const statements = Input.safeParse(input).data ?? [{ Statement: "" }];
  return statements.flatMap(({ Statement }) => {
    for (const [action, pattern] of KINDS) {
      const [, table, index] = pattern.exec(Statement) ?? [];
      if (table === undefined) continue;
      const arn = tableArn(table);
      const resource = index === undefined ? arn : `${arn}/index/${index}`;
      return [{ action: `dynamodb:${action}`, resources: [resource] }];
    }
    return [{ action: "dynamodb:PartiQLSelect", resources: ["*"] }];
  });
}
