import * as z from "zod";
import type { PetChange } from "../events/pet-change.ts";
import { type Species, type Status, species, statuses } from "../pets/pet.ts";

const Count = z.int().min(0);

/** The number of pets by status. */
const ByStatus = z.object({ available: Count, pending: Count, adopted: Count } satisfies Record<
  Status,
  z.ZodType
>);

/** The number of pets. Every species and status is listed, with 0 if there is none. */
export const Inventory = z.object({
  total: Count,
  status: ByStatus,
  species: z.object(toRecord(species, () => ByStatus)),
});
export type Inventory = z.output<typeof Inventory>;

/** The attribute of one counter, for example `dog#available`. */
export type CounterKey = `${Species}#${Status}`;
export type Counters = Partial<Record<CounterKey, number>>;

/** The key of the item that contains all counters. */
export const countersKey = { pk: "inventory", sk: "counts" };

/** Returns the representation of the counters. */
export function toInventory(counters: Counters): Inventory {
  const sum = (keys: CounterKey[]) => keys.reduce((total, key) => total + (counters[key] ?? 0), 0);
  const sumByStatus = (kinds: readonly Species[]) =>
    toRecord(statuses, (status) => sum(kinds.map((kind): CounterKey => `${kind}#${status}`)));

  const status = sumByStatus(species);
  return {
    total: status.available + status.pending + status.adopted,
    status,
    species: toRecord(species, (kind) => sumByStatus([kind])),
  };
}

function toRecord<K extends string, V>(keys: readonly K[], toValue: (key: K) => V) {
  return Object.fromEntries(keys.map((key) => [key, toValue(key)])) as Record<K, V>;
}

/** The effect of one write on the counters: one is decremented, one incremented, or both. */
export interface InventoryDelta {
  /** The id of the change. */
  id: string;
  from: CounterKey | undefined;
  to: CounterKey | undefined;
}

/** @returns nothing when the change does not affect the counters */
export function toInventoryDelta({ id, before, after }: PetChange): InventoryDelta | undefined {
  const from = before && counterKeyOf(before);
  const to = after && counterKeyOf(after);
  return from === to ? undefined : { id, from, to };
}

const counterKeyOf = ({ species, status }: { species: Species; status: Status }): CounterKey =>
  `${species}#${status}`;

/** Returns the sum of deltas by counter: 0 where they cancel each other out. */
export function sumDeltas(deltas: InventoryDelta[]): Counters {
  const sum: Counters = {};
  for (const { from, to } of deltas) {
    if (from) sum[from] = (sum[from] ?? 0) - 1;
    if (to) sum[to] = (sum[to] ?? 0) + 1;
  }
  return sum;
}
