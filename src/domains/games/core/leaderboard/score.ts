import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import { BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import { type Calendar, type Day, type EpochMs, weekdayOf } from "#kernel/time.ts";
import type { GameContribution } from "../contribution.ts";
import { type GameTerms, isLiveAt, type LeaderboardTerms } from "../terms.ts";

/** What a member bought and earned in one week; never shown to anybody else. */
export type WeekScore = {
  /** The week's Monday. */
  readonly week: Day;
  readonly turnoverKopecks: Kopecks;
  readonly pointsCents: PointsCents;
  readonly receipts: number;
};

/** The Monday of a day's week (ISO 8601). */
export function weekOf(day: Day): Day {
  return day - weekdayOf(day) + 1;
}

/** [Monday's midnight, next Monday's) in the programme's time zone. */
export function weekSpan(week: Day, calendar: Calendar): { readonly fromAt: EpochMs; readonly untilAt: EpochMs } {
  return { fromAt: calendar.startOf(week), untilAt: calendar.startOf(week + 7) };
}

/**
 * A member's weeks, by the set of contributions. A return lessens the week of its purchase, whenever it comes; whoever
 * returned all of a receipt has not bought it.
 */
export function weekScores(
  contributions: readonly GameContribution[],
  game: Pick<GameTerms, "live">,
  calendar: Calendar,
): Map<Day, WeekScore> {
  const receipts = new Map<string, { at: EpochMs; amount: number; pointsCents: number }>();
  for (const { cites, at, source, amount, pointsCents } of contributions) {
    if (cites === undefined && isLiveAt(game, at)) receipts.set(source, { at, amount, pointsCents });
  }
  for (const { cites, amount, pointsCents } of contributions) {
    const cited = cites === undefined ? undefined : receipts.get(cites);
    if (cited === undefined) continue;
    cited.amount += amount;
    cited.pointsCents += pointsCents;
  }
  const weeks = new Map<Day, WeekScore>();
  for (const { at, amount, pointsCents } of receipts.values()) {
    const week = weekOf(calendar.dayOf(at));
    const known = weeks.get(week) ?? { week, turnoverKopecks: 0, pointsCents: 0, receipts: 0 };
    weeks.set(week, {
      week,
      turnoverKopecks: known.turnoverKopecks + amount,
      pointsCents: known.pointsCents + pointsCents,
      receipts: known.receipts + (amount > 0 ? 1 : 0),
    });
  }
  return weeks;
}

/**
 * Points earned ÷ turnover in basis points, rounded half up to the board's step (points are
 * rounded down on each line, so 10 % comes to 9.99 %), never below zero. Undefined when there is
 * too little for a place. `pointKopecks` is what a point is worth.
 */
export function rateOf(score: WeekScore, terms: LeaderboardTerms, pointKopecks: Kopecks): BasisPoints | undefined {
  const { turnoverKopecks, pointsCents, receipts } = score;
  if (turnoverKopecks < terms.leastKopecks || turnoverKopecks <= 0 || receipts < terms.leastReceipts) return undefined;
  const worth = BigInt(pointsCents) * BigInt(pointKopecks) * BigInt(BASIS_POINTS_IN_WHOLE);
  const step = 100n * BigInt(turnoverKopecks) * BigInt(terms.roundBp);
  const steps = Number((2n * worth + step) / (2n * step));
  return worth <= 0n ? 0 : steps * terms.roundBp;
}
