/**
 * Packs items, in their order, into as few groups as keep within both limits. An item larger than
 * `bytes` is a group by itself.
 */
export function pack<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  limit: { items: number; bytes: number },
): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const group = groups.at(-1);
    if (group && group.length < limit.items && size <= room) {
      group.push(item);
      room -= size;
    } else {
      groups.push([item]);
      room = limit.bytes - size;
    }
  }
  return groups;
}
