import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/** What a mission is expected to bring and cost, and what that rests on. Sums are for the whole period. */
export type Forecast = {
  /** Of the document that it is about. */
  readonly hash: string;
  readonly madeAt: EpochMs;
  readonly assumptions: Assumptions;
  readonly measured: Measured;
  readonly doers: Range;
  readonly pointsCents: Range;
  readonly byFunder: Readonly<Record<string, Range>>;
  readonly feeKopecks: Range;
  /** The operator's: fees less the points that it funds, in kopecks. */
  readonly operatorResultKopecks: Range;
  /** Whether the budget would stop it, by the expected sum. */
  readonly exceedsBudget: boolean;
};

export type Range = { readonly low: number; readonly expected: number; readonly high: number };

export type Assumptions = {
  /** Share of the audience that does it. Measured from the past for goals of purchases, else stated by the author. */
  readonly doing: { readonly lowBp: BasisPoints; readonly expectedBp: BasisPoints; readonly highBp: BasisPoints };
  readonly doingIs: "measured" | "stated";
  /** How much more doers buy where the boost holds than they did before, 10,000 for as much. */
  readonly spendBp: BasisPoints;
};

export type Measured = {
  readonly audience: number;
  readonly sampledMembers: number;
  readonly sampledDays: number;
  /** What a member of the audience spends a day where the boost holds. */
  readonly spendPerDayKopecks: Kopecks;
};

export type ForecastTerms = {
  readonly hash: string;
  readonly madeAt: EpochMs;
  readonly rateBp: BasisPoints;
  readonly boostDays: number;
  readonly fixedCents: PointsCents;
  /** Most points of one doer, by the caps. */
  readonly mostCents: PointsCents;
  readonly funders: Readonly<Record<string, number>>;
  readonly operator: string;
  readonly feeKopecks: Kopecks;
  readonly budgetCents: PointsCents | undefined;
  readonly pointKopecks: Kopecks;
};

/** Integers throughout: doers = audience × share, points = doers × (fixed + rate × spend × days, at most the caps). */
export function forecast(terms: ForecastTerms, assumptions: Assumptions, measured: Measured): Forecast {
  const { doing, spendBp } = assumptions;
  const range = (of: (bp: BasisPoints) => number): Range => ({
    low: of(doing.lowBp),
    expected: of(doing.expectedBp),
    high: of(doing.highBp),
  });
  const doersAt = (bp: BasisPoints): number => Math.round((measured.audience * bp) / 10_000);
  const spend = (measured.spendPerDayKopecks * terms.boostDays * spendBp) / 10_000;
  const boostCents = Math.floor((spend * terms.rateBp * 100) / (10_000 * terms.pointKopecks));
  const perDoer = terms.fixedCents + Math.min(boostCents, terms.mostCents);
  const points = range((bp) => doersAt(bp) * perDoer);
  const weights = Object.values(terms.funders).reduce((sum, weight) => sum + weight, 0);
  const share = (of: Range, weight: number): Range => ({
    low: Math.round((of.low * weight) / weights),
    expected: Math.round((of.expected * weight) / weights),
    high: Math.round((of.high * weight) / weights),
  });
  const byFunder = Object.fromEntries(
    Object.entries(terms.funders).map(([funder, weight]) => [funder, share(points, weight)]),
  );
  const fees = range((bp) => doersAt(bp) * terms.feeKopecks);
  const own = byFunder[terms.operator] ?? { low: 0, expected: 0, high: 0 };
  const result = (fee: number, cents: number): number => fee - Math.round((cents * terms.pointKopecks) / 100);
  const results = [result(fees.low, own.low), result(fees.expected, own.expected), result(fees.high, own.high)];
  return {
    hash: terms.hash,
    madeAt: terms.madeAt,
    assumptions,
    measured,
    doers: range(doersAt),
    pointsCents: points,
    byFunder,
    feeKopecks: fees,
    operatorResultKopecks: {
      low: Math.min(...results),
      expected: results[1] as number,
      high: Math.max(...results),
    },
    exceedsBudget: terms.budgetCents !== undefined && points.expected > terms.budgetCents,
  };
}

/** Wilson's score interval at 90 % (Wilson 1927): a share of `n` trials with `hits`, as basis points. */
export function shareInterval(hits: number, n: number): Assumptions["doing"] {
  if (n === 0) return { lowBp: 0, expectedBp: 0, highBp: 10_000 };
  const z = 1.6449;
  const p = hits / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  const bp = (value: number): BasisPoints => Math.round(Math.min(1, Math.max(0, value)) * 10_000);
  return { lowBp: bp(middle - half), expectedBp: bp(p), highBp: bp(middle + half) };
}
