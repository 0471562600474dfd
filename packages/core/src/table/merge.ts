/**
 * Merges sorted streams into one. It requests the first value of each stream at the same time, and
 * the next value of a stream only after the previous one was consumed.
 *
 * @param isBefore returns whether the first value comes before the second
 */
export async function* mergeSorted<T>(
  streams: AsyncIterable<T>[],
  isBefore: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));

  for (;;) {
    let first: { value: T; index: number } | undefined;
    for (const [index, head] of heads.entries()) {
      if (!head.done && (!first || isBefore(head.value, first.value))) {
        first = { value: head.value, index };
      }
    }
    if (!first) return;
    yield first.value;
    heads[first.index] = await (iterators[first.index] as AsyncIterator<T>).next();
  }
}
