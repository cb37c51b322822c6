/**
 * Matches that no rule found, by capture and recapture between the rules: Chao's lower bound (Chao 1987) from how much
 * match probability was found by exactly one rule (f1) and by exactly two (f2): (k-1)/k · f1(f1-1) / 2(f2+1) with k rules.
 * It allows for pairs that are harder to find than others, but is still a lower bound.
 */
export function missedMatches(
  found: readonly { readonly rules: number; readonly p: number }[],
  ruleCount: number,
): number {
  if (ruleCount < 2) return 0;
  let once = 0;
  let twice = 0;
  for (const { rules, p } of found) {
    if (rules === 1) once += p;
    else if (rules === 2) twice += p;
  }
  return (((ruleCount - 1) / ruleCount) * once * Math.max(0, once - 1)) / (2 * (twice + 1));
}
