/** Numbers for a person at a terminal: thin groups, two decimals for money and points. */
const count = new Intl.NumberFormat("en", { useGrouping: true });
const hundredths = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function formatCount(value: number): string {
  return count.format(value);
}

/** Kopecks as roubles. */
export function formatRoubles(kopecks: number): string {
  return `${hundredths.format(kopecks / 100)} RUB`;
}

/** Hundredths of a point as points. */
export function formatPoints(cents: number): string {
  return hundredths.format(cents / 100);
}
