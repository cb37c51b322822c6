/**
 * The two thresholds of Fellegi & Sunter (1969): pairs at least as likely as `merge` are linked on their own, those below
 * `review` are not, those between go to a person. They are the widest that keep, by the model's own probabilities, the
 * share of wrong links among linked pairs within `wrongLinks` and the share of matches below review within
 * `lostMatches`.
 */
export function decisionBands(
  probabilities: readonly number[],
  bounds: { readonly wrongLinks: number; readonly lostMatches: number } = { wrongLinks: 0.002, lostMatches: 0.01 },
): { readonly merge: number; readonly review: number } {
  const sorted = [...probabilities].sort((a, b) => b - a);
  const all = sorted.reduce((sum, p) => sum + p, 0);
  let merge = 1;
  let review = 1;
  let found = 0;
  for (const [index, p] of sorted.entries()) {
    const lost = all - found;
    if (lost > all * bounds.lostMatches) review = p;
    found += p;
    if ((index + 1 - found) / (index + 1) <= bounds.wrongLinks) merge = p;
  }
  return { merge, review: Math.min(review, merge) };
}
