import { styleText } from "node:util";

/** Prints a table with a heading and column names. The first column is left-aligned. */
export function printTable(heading: string, columns: string[], rows: string[][]): void {
  const lines = [columns, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => (line[index] ?? "").length)),
  );
  const print = (line: string[]) =>
    line
      .map((cell, index) =>
        index ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[0] ?? 0),
      )
      .join("   ")
      .trimEnd();

  console.log(`\n${styleText("bold", heading)}\n`);
  console.log(`  ${styleText("dim", print(columns))}`);
  for (const row of rows) console.log(`  ${print(row)}`);
}

let misses = 0;

/** Returns a table cell with a budget and whether `value` is within it, and counts missed budgets. */
export function checkBudget(value: number, bound: "≤" | "≥", limit: number): string {
  const isWithin = bound === "≤" ? value <= limit : value >= limit;
  if (!isWithin) misses++;
  return `${bound} ${limit} ${isWithin ? "✓" : "✗ MISSED"}`;
}

/** Returns the number of budgets missed so far. */
export const countMissedBudgets = (): number => misses;
