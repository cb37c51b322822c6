import { type Calendar, type EpochMs, monthOf } from "#kernel/time.ts";
import type { Interval, StepTerms } from "../terms.ts";
import type { Contribution } from "./contribution.ts";

/** What a member has done of a mission. A function of the set of contributions, never of their order. */
export type Progress = {
  readonly steps: readonly { readonly id: string; readonly value: number; readonly target: number }[];
  /** When the goal was reached, and by what. */
  readonly done?: { readonly at: EpochMs; readonly source: string };
};

export type EvaluationTerms = {
  readonly steps: readonly StepTerms[];
  readonly windowMs: number | undefined;
  readonly live: readonly Interval[];
  readonly onReturn: "keep" | "take-back";
};

/** One deed with what is left of it at some time. */
type Deed = { readonly at: EpochMs; readonly source: string; amount: number };

/**
 * Progress by contributions. Policy `keep`: a return counts from its own time, so a goal once reached stays reached.
 * `take-back`: a return counts from its purchase's time, as if less had been bought. `counts` says whether a deed's
 * time is one at which the member belongs to the audience.
 */
export function evaluate(
  contributions: readonly Contribution[],
  terms: EvaluationTerms,
  calendar: Calendar,
  counts: (at: EpochMs) => boolean = () => true,
): Progress {
  const isLive = (at: EpochMs): boolean => terms.live.some(({ fromAt, untilAt }) => at >= fromAt && at < untilAt);
  const ordered = contributions.toSorted(inTime);
  const deeds = ordered.filter((each) => each.cites === undefined && isLive(each.at) && counts(each.at));
  const sources = new Set(deeds.map(keyOf));
  const returns = ordered.filter((each) => each.cites !== undefined && sources.has(citedKeyOf(each)));
  const timeline = terms.onReturn === "keep" ? [...deeds, ...returns].sort(inTime) : netted(deeds, returns);
  const done = firstReached(timeline, terms, calendar);
  const final = stateAfter(netted(deeds, returns), Number.POSITIVE_INFINITY, undefined);
  const steps = terms.steps.map((step) => ({
    id: step.id,
    value: measure(step, final.get(step.id) ?? [], calendar),
    target: step.target,
  }));
  return done === undefined ? { steps } : { steps, done };
}

/** Whether the goal could be reached at all, with nothing returned: spares most members the walk along the timeline. */
function firstReached(
  timeline: readonly Contribution[],
  terms: EvaluationTerms,
  calendar: Calendar,
): Progress["done"] | undefined {
  const { steps, windowMs } = terms;
  const isMet = (state: ReadonlyMap<string, readonly Deed[]>): boolean =>
    steps.every((step) => measure(step, state.get(step.id) ?? [], calendar) >= step.target);
  const withoutReturns = timeline.filter((each) => each.cites === undefined);
  if (!isMet(stateAfter(withoutReturns, Number.POSITIVE_INFINITY, undefined))) return undefined;
  for (const entry of timeline) {
    if (entry.amount < 0) continue;
    if (isMet(stateAfter(timeline, positionOf(entry), windowMs))) return { at: entry.at, source: entry.source };
  }
  return undefined;

  function positionOf(entry: Contribution): number {
    return timeline.indexOf(entry) + 1;
  }
}

/** Deeds by step after the first `count` entries, those within the window before the last of them. */
function stateAfter(
  timeline: readonly Contribution[],
  count: number,
  windowMs: number | undefined,
): Map<string, Deed[]> {
  const end = Math.min(count, timeline.length);
  const last = timeline[end - 1]?.at ?? 0;
  const byKey = new Map<string, Deed>();
  const byStep = new Map<string, Deed[]>();
  for (let i = 0; i < end; i++) {
    const entry = timeline[i] as Contribution;
    if (entry.cites !== undefined) {
      const cited = byKey.get(citedKeyOf(entry));
      if (cited) cited.amount += entry.amount;
      continue;
    }
    if (windowMs !== undefined && entry.at <= last - windowMs) continue;
    const deed = { at: entry.at, source: entry.source, amount: entry.amount };
    byKey.set(keyOf(entry), deed);
    const known = byStep.get(entry.step);
    if (known) known.push(deed);
    else byStep.set(entry.step, [deed]);
  }
  return byStep;
}

function measure(step: StepTerms, deeds: readonly Deed[], calendar: Calendar): number {
  const least = step.deed.kind === "purchase" ? step.deed.leastKopecks : 1;
  const counted = deeds.filter(({ amount }) => amount >= least);
  if (step.measure === "times") return counted.length;
  if (step.measure === "sum") return counted.reduce((sum, { amount }) => sum + amount, 0);
  return longestRun(counted.map(({ at }) => periodOf(step.measure, calendar.dayOf(at))));
}

function periodOf(measure: StepTerms["measure"], day: number): number {
  if (measure === "days") return day;
  return measure === "weeks" ? Math.floor((day + 3) / 7) : monthOf(day);
}

/** The longest run of consecutive numbers. */
function longestRun(periods: readonly number[]): number {
  const sorted = [...new Set(periods)].sort((a, b) => a - b);
  let longest = 0;
  let run = 0;
  for (let i = 0; i < sorted.length; i++) {
    run = i > 0 && sorted[i] === (sorted[i - 1] as number) + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Returns taken off their purchases: what is left, at the purchase's time. */
function netted(deeds: readonly Contribution[], returns: readonly Contribution[]): Contribution[] {
  const left = new Map(deeds.map((deed) => [keyOf(deed), deed.amount]));
  for (const each of returns) left.set(citedKeyOf(each), (left.get(citedKeyOf(each)) ?? 0) + each.amount);
  return deeds.map((deed) => ({ ...deed, amount: left.get(keyOf(deed)) as number })).filter(({ amount }) => amount > 0);
}

function keyOf({ step, source }: Contribution): string {
  return `${step}\n${source}`;
}

function citedKeyOf({ step, cites }: Contribution): string {
  return `${step}\n${cites}`;
}

/** By time; at one instant deeds before returns, then by source: an order that arrival has no part in. */
function inTime(a: Contribution, b: Contribution): number {
  if (a.at !== b.at) return a.at - b.at;
  const [isReturnA, isReturnB] = [a.cites === undefined ? 0 : 1, b.cites === undefined ? 0 : 1];
  if (isReturnA !== isReturnB) return isReturnA - isReturnB;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.step < b.step ? -1 : a.step > b.step ? 1 : 0;
}
