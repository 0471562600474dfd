import * as z from "zod";
import type { PetChange } from "../events/pet-change.ts";
import { type Pet, type Species, type Status, species, statuses } from "../pets/pet.ts";

const Count = z.int().min(0);

/** Pets by status. */
const ByStatus = z.object({ available: Count, pending: Count, adopted: Count } satisfies Record<
  Status,
  z.ZodType
>);

/** How many pets there are. Every species and status is listed, with 0 if there is none. */
export const Inventory = z.object({
  total: Count,
  status: ByStatus,
  species: z.object(record(species, () => ByStatus)),
});
export type Inventory = z.output<typeof Inventory>;

/** What is counted, each in an attribute of its own: `dog#available`. */
export type Cell = `${Species}#${Status}`;
export type Counts = Partial<Record<Cell, number>>;

/** The one item that holds all counts. */
export const countsKey = { pk: "inventory", sk: "counts" };

/** The representation of the counts. */
export function toInventory(counts: Counts): Inventory {
  const sum = (cells: Cell[]) => cells.reduce((all, cell) => all + (counts[cell] ?? 0), 0);
  const byStatus = (among: readonly Species[]) =>
    record(statuses, (status) => sum(among.map((one): Cell => `${one}#${status}`)));

  const status = byStatus(species);
  return {
    total: status.available + status.pending + status.adopted,
    status,
    species: record(species, (one) => byStatus([one])),
  };
}

function record<K extends string, V>(keys: readonly K[], of: (key: K) => V) {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>;
}

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
