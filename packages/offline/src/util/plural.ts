/** A number with its noun: `1 invocation`, `2 invocations`. */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
