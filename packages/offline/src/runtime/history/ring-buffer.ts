/** The newest of what was added: beyond `size`, each takes the place of the oldest. */
export interface RingBuffer<Item> {
  add(item: Item): void;
  /** Oldest first. */
  items(): Item[];
}

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
