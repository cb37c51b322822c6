import { evaluate, type Progress } from "#domains/missions/index.ts";
import type { Contribution } from "#domains/rewards/index.ts";
import type { Calendar } from "#kernel/time.ts";
import { type AchievementTerms, type DistinctTerms, type GameTerms, isLiveAt } from "./terms.ts";

/** How far a member is, by the set of contributions; of different partners or categories one step counts them. */
export function achieve(
  contributions: readonly Contribution[],
  game: Pick<GameTerms, "live">,
  play: AchievementTerms,
  calendar: Calendar,
): Progress {
  const { steps, windowMs, distinct, onReturn } = play;
  if (distinct === undefined) return evaluate(contributions, { steps, windowMs, live: game.live, onReturn }, calendar);
  return countDistinct(contributions, game, distinct, onReturn);
}

/**
 * One walk along the timeline, O(n log n). Policy `keep`: a return counts from its own time, so what was reached stays.
 * `take-back`: it counts from its purchase's time, as if less had been bought.
 */
function countDistinct(
  contributions: readonly Contribution[],
  game: Pick<GameTerms, "live">,
  { needed, deed }: DistinctTerms,
  onReturn: "keep" | "take-back",
): Progress {
  const deeds = contributions.filter((each) => each.cites === undefined && isLiveAt(game, each.at));
  const returned = new Map<string, number>();
  for (const { cites, step, amount } of contributions) {
    if (cites !== undefined) add(returned, `${step}\n${cites}`, amount);
  }
  const left = ({ step, source, amount }: Contribution) => amount + (returned.get(`${step}\n${source}`) ?? 0);
  const alive = deeds.filter((each) => left(each) >= deed.leastKopecks);
  const value = new Set(alive.map(({ step }) => step)).size;
  const steps = [{ id: "goal", value, target: needed }];
  const done =
    onReturn === "keep" ? firstReached(contributions, deeds, needed, deed.leastKopecks) : earliest(alive, needed);
  return done === undefined ? { steps } : { steps, done };
}

/** The deed that brings the number of different ones to `needed`, when nothing of them is returned. */
function earliest(deeds: readonly Contribution[], needed: number): Progress["done"] {
  const seen = new Set<string>();
  for (const each of deeds.toSorted(inTime)) {
    seen.add(each.step);
    if (seen.size >= needed) return { at: each.at, source: each.source };
  }
  return undefined;
}

function firstReached(
  contributions: readonly Contribution[],
  deeds: readonly Contribution[],
  needed: number,
  leastKopecks: number,
): Progress["done"] {
  const counted = new Set(deeds);
  const amounts = new Map<string, number>();
  /** How many receipts a partner or category has that are large enough at the moment of the walk. */
  const standing = new Map<string, number>();
  const change = (step: string, source: string, amount: number): void => {
    const key = `${step}\n${source}`;
    const before = amounts.get(key) ?? 0;
    amounts.set(key, before + amount);
    const by = Number(before + amount >= leastKopecks) - Number(before >= leastKopecks);
    if (by === 0) return;
    const after = (standing.get(step) ?? 0) + by;
    if (after === 0) standing.delete(step);
    else standing.set(step, after);
  };
  for (const each of contributions.toSorted(inTime)) {
    if (each.cites !== undefined) {
      if (amounts.has(`${each.step}\n${each.cites}`)) change(each.step, each.cites, each.amount);
      continue;
    }
    if (!counted.has(each)) continue;
    change(each.step, each.source, each.amount);
    if (standing.size >= needed) return { at: each.at, source: each.source };
  }
  return undefined;
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

/** By time; at one instant deeds before returns, then by source and step: an order that arrival has no part in. */
function inTime(a: Contribution, b: Contribution): number {
  if (a.at !== b.at) return a.at - b.at;
  const returns = Number(a.cites !== undefined) - Number(b.cites !== undefined);
  if (returns !== 0) return returns;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.step < b.step ? -1 : Number(a.step > b.step);
}
