import type { PetChange } from "../events/change.ts";
import type { Pet } from "../pets/pet.ts";
import type { Cell, Counts } from "./inventory.ts";

/** What one write did to the counts: a pet left a cell, entered one, or both. */
export interface Step {
  /** Of the write. */
  id: string;
  from: Cell | undefined;
  to: Cell | undefined;
}

/** @returns nothing where the counts stay as they are */
export function stepOf({ id, before, after }: PetChange): Step | undefined {
  const from = before && cellOf(before);
  const to = after && cellOf(after);
  return from === to ? undefined : { id, from, to };
}

const cellOf = ({ species, status }: Pet): Cell => `${species}#${status}`;

/** What steps add to the counts, all together; 0 where they cancel each other out. */
export function sumOf(steps: Step[]): Counts {
  const sum: Counts = {};
  for (const { from, to } of steps) {
    if (from) sum[from] = (sum[from] ?? 0) - 1;
    if (to) sum[to] = (sum[to] ?? 0) + 1;
  }
  return sum;
}
