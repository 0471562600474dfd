/** A table, as the console lists it. */
export interface TableStatus {
  name: string;
  arn: string;
  /** Key attributes of the table (without `index`) and of its indexes. */
  keys: { index?: string; partition: string; sort?: string }[];
}

export interface ItemPage {
  items: Record<string, unknown>[];
  /** Cursor of the next page. */
  cursor?: string;
}

type Item = Record<string, unknown>;
type Keys = TableStatus["keys"];

/** Formats the values of an item's table key: `pet#1 · pet`. */
export function formatItemKey(item: Item, [{ partition, sort } = { partition: "" }]: Keys): string {
  return [partition, sort]
    .filter((name) => name !== undefined)
    .map((name) => String(item[name]))
    .join(" · ");
}

/** Orders an item's attributes: the table's key, the keys of indexes, then the others by name. */
export function orderAttributes(item: Item, keys: Keys): Item {
  const first = keys.flatMap(({ partition, sort }) => (sort ? [partition, sort] : [partition]));
  const names = new Set([...first, ...Object.keys(item).toSorted()]);
  return Object.fromEntries(
    [...names].filter((name) => name in item).map((name) => [name, item[name]]),
  );
}
