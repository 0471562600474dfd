/** A list of limited length: when it is full, a new item replaces the oldest. */
export interface RingBuffer<Item> {
  add(item: Item): void;
  /** Returns the items, oldest first. */
  items(): Item[];
}

/** @param size the maximum number of items */
export function createRingBuffer<Item>(size: number): RingBuffer<Item> {
  const slots: Item[] = [];
  let next = 0;
  return {
    add(item) {
      slots[next] = item;
      next = (next + 1) % size;
    },
    items: () =>
      slots.length < size ? slots.slice() : [...slots.slice(next), ...slots.slice(0, next)],
  };
}
