/** A table, as the console lists it. */
export interface TableStatus {
  name: string;
  arn: string;
  /** Keys of the table itself, where `index` is absent, and of its indexes. */
  keys: { index?: string; partition: string; sort?: string }[];
}

export interface ItemPage {
  items: Record<string, unknown>[];
  /** For the next page. */
  cursor?: string;
}

type Item = Record<string, unknown>;
type Keys = TableStatus["keys"];

/** The values of an item's key in the table: `pet#1 · pet`. */
export function formatItemKey(item: Item, [{ partition, sort } = { partition: "" }]: Keys): string {
  return [partition, sort]
    .filter((name) => name !== undefined)
    .map((name) => String(item[name]))
    .join(" · ");
}

/** An item with the attributes of the table's key first, then those of its indexes, then the others by name. */
export function orderAttributes(item: Item, keys: Keys): Item {
  const first = keys.flatMap(({ partition, sort }) => (sort ? [partition, sort] : [partition]));
  const names = new Set([...first, ...Object.keys(item).toSorted()]);
  return Object.fromEntries(
    [...names].filter((name) => name in item).map((name) => [name, item[name]]),
  );
}
