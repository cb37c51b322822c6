/** Share of the records with a value that have this one; the counts behind the term-frequency adjustment. */
export type Frequency = (value: string) => number;

/** Counts once over all values; empty values are not counted and have frequency 0. */
export function countFrequency(values: Iterable<string>): Frequency {
  const counts = new Map<string, number>();
  let total = 0;
  for (const value of values) {
    if (value === "") continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    total++;
  }
  return (value) => (value === "" || total === 0 ? 0 : (counts.get(value) ?? 1) / total);
}
