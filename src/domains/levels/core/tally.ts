import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { type Calendar, type EpochMs, firstDayOf } from "#kernel/time.ts";
import { type LevelGoal, monthAt, periodStart } from "./goals.ts";

/** What one operation adds to what levels are reached by, or takes from it. The same operation is the same row. */
export type Contribution = {
  readonly seq: number;
  /** Of a return: the purchase's seq. */
  readonly cites?: number;
  readonly at: EpochMs;
  readonly partner: PartnerId;
  readonly kopecks: Kopecks;
  readonly cents: PointsCents;
};

export type Sums = {
  /** What was reached in the window that `moment` lies in. */
  readonly current: number;
  /** In the calendar period before it; 0 for rolling windows. */
  readonly previous: number;
};

/** Sums of what was done before `boundAt`, for times that never go back. */
export type Tally = { sums(momentAt: EpochMs, boundAt: EpochMs): Sums };

/** In the order of time, purchases before returns: what a tally runs along. */
export function inOrder(contributions: readonly Contribution[]): Contribution[] {
  return [...contributions].sort(
    (a, b) => a.at - b.at || Number(a.cites !== undefined) - Number(b.cites !== undefined) || a.seq - b.seq,
  );
}

/**
 * A return takes from the period of its purchase, but only from its own time on: so what had been reached before it
 * stays reached, and one that comes when the purchase no longer counts takes nothing.
 */
export function createTally(goal: LevelGoal, ordered: readonly Contribution[], calendar: Calendar): Tally {
  const wide = createSum(goal);
  const narrow = createSum(goal);
  let next = 0;
  return {
    sums: (momentAt, boundAt) => {
      const { window } = goal;
      for (; next < ordered.length && (ordered[next] as Contribution).at < boundAt; next++) {
        wide.add(ordered[next] as Contribution);
        narrow.add(ordered[next] as Contribution);
      }
      if (window.kind === "rolling") {
        narrow.forget(calendar.startOf(calendar.dayOf(boundAt - 1) - window.days + 1));
        return { current: narrow.total(), previous: 0 };
      }
      const start = periodStart(monthAt(momentAt, calendar), window.months);
      narrow.forget(calendar.startOf(firstDayOf(start)));
      wide.forget(calendar.startOf(firstDayOf(start - window.months)));
      return { current: narrow.total(), previous: wide.total() - narrow.total() };
    },
  };
}

/** A sum over purchases net of their returns, from which the oldest are forgotten. */
function createSum({ basis, partners }: LevelGoal) {
  const nets = new Map<number, number>();
  const purchases: Contribution[] = [];
  let oldest = 0;
  let total = 0;
  return {
    total: () => total,
    add: (each: Contribution): void => {
      if (partners?.has(each.partner) === false) return;
      const amount = basis === "spend" ? each.kopecks : each.cents;
      if (each.cites === undefined) {
        purchases.push(each);
        nets.set(each.seq, amount);
        total += amount;
        return;
      }
      const net = nets.get(each.cites);
      if (net === undefined) return;
      nets.set(each.cites, net + amount);
      total += amount;
    },
    forget: (beforeAt: EpochMs): void => {
      for (; oldest < purchases.length && (purchases[oldest] as Contribution).at < beforeAt; oldest++) {
        const { seq } = purchases[oldest] as Contribution;
        total -= nets.get(seq) as number;
        nets.delete(seq);
      }
    },
  };
}
