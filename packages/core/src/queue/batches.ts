/**
 * Groups items, in their order, into as few batches as the limits allow. An item larger than `bytes`
 * is a batch by itself.
 */
export function groupIntoBatches<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  limit: { items: number; bytes: number },
): T[][] {
  const batches: T[][] = [];
  let free = 0;
  for (const item of items) {
    const bytes = bytesOf(item);
    const batch = batches.at(-1);
    if (batch && batch.length < limit.items && bytes <= free) {
      batch.push(item);
      free -= bytes;
    } else {
      batches.push([item]);
      free = limit.bytes - bytes;
    }
  }
  return batches;
}
