import { DAY_MS, type EpochMs } from "#kernel/time.ts";

/** What receipts suggest of a person. Data: the coalition adds and changes rules without a release. */
export type AttributeRule = {
  readonly key: string;
  /** A receipt with a line of one of these categories is evidence. */
  readonly categories: readonly string[];
  /** So many receipts of today make it 80 % sure. */
  readonly enough: number;
  /** After so many days a receipt counts half. */
  readonly halfLifeDays: number;
  /** Below this it is not told, basis points. */
  readonly leastBp: number;
};

/** A receipt by what it has lines of. */
export type BoughtCategories = { readonly at: EpochMs; readonly categories: readonly string[] };

export type InferredAttribute = {
  readonly key: string;
  /** Basis points: 10,000 is certain, which it never is. */
  readonly confidenceBp: number;
  readonly evidence: { readonly receipts: number; readonly firstAt: EpochMs; readonly lastAt: EpochMs };
};

const LOG_OF_FIVE = Math.log(5);

/**
 * Confidence 1 − 5^(−w ÷ enough), where w is the sum of 2^(−age ÷ half-life) over the receipts that are evidence: `enough` fresh
 * ones give 80 %, twice as many 96 %; it fades by itself when they stop. The surest first.
 */
export function inferAttributes(
  rules: readonly AttributeRule[],
  receipts: readonly BoughtCategories[],
  now: EpochMs,
): InferredAttribute[] {
  const inferred: InferredAttribute[] = [];
  for (const rule of rules) {
    const wanted = new Set(rule.categories);
    const evidence = receipts.filter(({ at, categories }) => at <= now && categories.some((each) => wanted.has(each)));
    if (evidence.length === 0) continue;
    let weight = 0;
    for (const { at } of evidence) weight += 2 ** (-(now - at) / DAY_MS / rule.halfLifeDays);
    const confidenceBp = Math.floor(10_000 * (1 - Math.exp((-LOG_OF_FIVE * weight) / rule.enough)));
    if (confidenceBp < rule.leastBp) continue;
    const times = evidence.map(({ at }) => at);
    const shown = { receipts: evidence.length, firstAt: Math.min(...times), lastAt: Math.max(...times) };
    inferred.push({ key: rule.key, confidenceBp, evidence: shown });
  }
  return inferred.sort((a, b) => b.confidenceBp - a.confidenceBp || (a.key < b.key ? -1 : 1));
}
