import type { BasisPoints, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

type Range = { readonly low: number; readonly expected: number; readonly high: number };
type Share = { readonly lowBp: BasisPoints; readonly expectedBp: BasisPoints; readonly highBp: BasisPoints };

/** What an offer or a promo is expected to cost, and what that rests on. Sums are for its whole period. */
export type OfferForecast = {
  /** Of the document that it is about. */
  readonly hash: string;
  readonly madeAt: EpochMs;
  readonly assumptions: {
    /** Share of the audience that uses it: activates it, types the code. */
    readonly using: Share;
    readonly usingIs: "everybody" | "stated";
    /** How much more users buy where it holds than they did before, 10,000 for as much. */
    readonly spendBp: BasisPoints;
  };
  readonly measured: {
    readonly audience: number;
    readonly sampledMembers: number;
    readonly sampledDays: number;
    /** Points that the offer would have given a member of the audience in the sampled days, replayed through pricing. */
    readonly perMember: Range;
  };
  readonly users: Range;
  readonly pointsCents: Range;
  readonly byFunder: Readonly<Record<string, Range>>;
  readonly exceedsBudget: boolean;
};

export type ForecastTerms = {
  readonly hash: string;
  readonly madeAt: EpochMs;
  /** Days that it holds for one member. */
  readonly days: number;
  /** Per user whatever he buys: an award of a code, a voucher's price counts nothing. */
  readonly fixedCents: PointsCents;
  /** Most points of one user by the limits. */
  readonly mostCents: PointsCents;
  readonly funders: Readonly<Record<string, number>>;
  readonly budgetCents: PointsCents | undefined;
  /** Most uses of all members: a stock, a limit of codes. */
  readonly mostUsers: number;
};

/** z of a two-sided 90 % interval. */
const Z = 1.6449;

/** Mean of a sample with its 90 % interval (normal; Wald), never below 0. */
export function meanInterval(values: readonly number[]): Range {
  const n = values.length;
  if (n === 0) return { low: 0, expected: 0, high: 0 };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = n === 1 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = Z * Math.sqrt(variance / n);
  return { low: Math.max(0, Math.round(mean - half)), expected: Math.round(mean), high: Math.round(mean + half) };
}

/** users = audience × share; points = users × (fixed + per member a day × days × more spending, at most the limits). */
export function forecastOffer(
  terms: ForecastTerms,
  assumptions: OfferForecast["assumptions"],
  measured: OfferForecast["measured"],
): OfferForecast {
  const { using, spendBp } = assumptions;
  const { audience, perMember, sampledDays } = measured;
  const usersAt = (bp: BasisPoints): number => Math.min(terms.mostUsers, Math.round((audience * bp) / 10_000));
  const perUser = (cents: PointsCents): PointsCents => {
    const byReceipts = sampledDays === 0 ? 0 : (cents * terms.days * spendBp) / (sampledDays * 10_000);
    return terms.fixedCents + Math.min(Math.round(byReceipts), terms.mostCents);
  };
  const users: Range = { low: usersAt(using.lowBp), expected: usersAt(using.expectedBp), high: usersAt(using.highBp) };
  const points: Range = {
    low: users.low * perUser(perMember.low),
    expected: users.expected * perUser(perMember.expected),
    high: users.high * perUser(perMember.high),
  };
  const weights = Object.values(terms.funders).reduce((sum, weight) => sum + weight, 0);
  const share = (of: Range, weight: number): Range => ({
    low: Math.round((of.low * weight) / weights),
    expected: Math.round((of.expected * weight) / weights),
    high: Math.round((of.high * weight) / weights),
  });
  return {
    hash: terms.hash,
    madeAt: terms.madeAt,
    assumptions,
    measured,
    users,
    pointsCents: points,
    byFunder: Object.fromEntries(
      Object.entries(terms.funders).map(([funder, weight]) => [funder, share(points, weight)]),
    ),
    exceedsBudget: terms.budgetCents !== undefined && points.expected > terms.budgetCents,
  };
}
