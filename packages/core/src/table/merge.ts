/**
 * Merges streams that are each in order into one that is, reading ahead in none: a stream is asked
 * for its next value when the one before has been taken. The first values are asked for together.
 *
 * @param before whether the first value comes before the second
 */
export async function* merge<T>(
  streams: AsyncIterable<T>[],
  before: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));

  for (;;) {
    let first: { value: T; index: number } | undefined;
    for (const [index, head] of heads.entries()) {
      if (!head.done && (!first || before(head.value, first.value))) {
        first = { value: head.value, index };
      }
    }
    if (!first) return;
    yield first.value;
    heads[first.index] = await (iterators[first.index] as AsyncIterator<T>).next();
  }
}
