import type { Contribution } from "#domains/rewards/index.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";
import { type DrawTerms, type GameTerms, isLiveAt } from "../terms.ts";
import { type DrawRight, dailyRight } from "./periods.ts";

/**
 * What a member may still draw on, the oldest first: a function of the set of contributions and of what was drawn.
 * A receipt that a return has brought below its least amount gives no right; one that was used stays used.
 */
export function openRights(
  contributions: readonly Contribution[],
  used: ReadonlySet<string>,
  game: Pick<GameTerms, "live">,
  draw: DrawTerms,
  now: EpochMs,
  calendar: Calendar,
): DrawRight[] {
  if (draw.isDaily) {
    const source = dailyRight(calendar.dayOf(now));
    return used.has(source) ? [] : [{ source, at: calendar.startOf(calendar.dayOf(now)) }];
  }
  const least = draw.right?.deed.kind === "purchase" ? draw.right.deed.leastKopecks : 1;
  const left = new Map<string, number>();
  for (const { cites, source, amount } of contributions) {
    const key = cites ?? source;
    left.set(key, (left.get(key) ?? 0) + amount);
  }
  const lasts = draw.rightLastsMs ?? Number.POSITIVE_INFINITY;
  return contributions
    .filter((each) => each.cites === undefined && isLiveAt(game, each.at) && (left.get(each.source) as number) >= least)
    .filter(({ source, at }) => !used.has(source) && at <= now && now < at + lasts)
    .map(({ source, at }) => ({ source, at }))
    .sort((a, b) => a.at - b.at || (a.source < b.source ? -1 : 1));
}
