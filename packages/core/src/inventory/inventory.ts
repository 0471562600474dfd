import * as z from "zod";
import { type Species, type Status, species, statuses } from "../pets/pet.ts";

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
