/** Measurements of several alternatives. */
export interface Rounds<Name extends string> {
  /** Returns the median of an alternative. */
  median(name: Name): number;
  /** Returns the median of the ratios within each round. */
  ratio(name: Name, base: Name): number;
}

/** Measures the alternatives in turn, so that a busy machine affects all of them. */
export async function measureInRounds<Name extends string>(
  count: number,
  measure: Record<Name, () => Promise<number>>,
): Promise<Rounds<Name>> {
  const names = Object.keys(measure) as Name[];
  const values = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < count; round++) {
    for (const name of names) values.get(name)?.push(await measure[name]());
  }
  const all = (name: Name) => values.get(name) as number[];
  return {
    median: (name) => median(all(name)),
    ratio: (name, base) =>
      median(all(name).map((value, round) => value / (all(base)[round] as number))),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
