/**
 * Does the work for every item, so many at a time. After a failure no further item is begun; what is
 * under way is waited for, so that nothing goes on behind the caller's back.
 *
 * @throws what the first failed work threw
 */
export async function eachInParallel<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  // All lanes draw from one generator, which the lane that fails closes for the others.
  const rest = (function* () {
    yield* items;
  })();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: limit }, lane));
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
