import { styleText } from "node:util";

/** Prints a table: a heading, the names of the columns, and rows with the first column as their name. */
export function table(heading: string, columns: string[], rows: string[][]): void {
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

/** A cell with a budget and whether `value` keeps it. */
export function budget(value: number, bound: "≤" | "≥", limit: number): string {
  const kept = bound === "≤" ? value <= limit : value >= limit;
  if (!kept) misses++;
  return `${bound} ${limit} ${kept ? "✓" : "✗ MISSED"}`;
}

/** How many budgets have been missed so far. */
export const missed = (): number => misses;
