import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import { list } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { addMonths, type Calendar, DAY_MS, type Day, type EpochMs, parseDay } from "#kernel/time.ts";
import type { MissionDocument } from "./document/schema.ts";

/** One thing that counts: an event of a partner, or a receipt with lines that fit. */
export type Deed =
  | {
      readonly kind: "event";
      readonly partner: PartnerId;
      readonly type: string;
      readonly where: readonly (readonly [string, string | number | boolean])[];
    }
  | {
      readonly kind: "purchase";
      readonly partners: ReadonlySet<PartnerId> | undefined;
      readonly categories: ReadonlySet<string> | undefined;
      readonly leastKopecks: Kopecks;
    };

/** `measure`: how many deeds, or kopecks of them, or periods in a row with at least one. */
export type StepTerms = {
  readonly id: string;
  readonly deed: Deed;
  readonly measure: "times" | "sum" | "days" | "weeks" | "months";
  readonly target: number;
};

export type MissionReward =
  | { readonly kind: "boost"; readonly key: string; readonly lasts: quantities.Duration | undefined }
  | {
      readonly kind: "points";
      readonly cents: PointsCents;
      readonly expiry: quantities.Duration | undefined;
    };

/** When a mission counted deeds: [from, until). A pause cuts it. */
export type Interval = { readonly fromAt: EpochMs; readonly untilAt: EpochMs };

/** A mission made ready: what its document says, with quantities as numbers and categories as sets. */
export type MissionTerms = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly document: MissionDocument;
  readonly steps: readonly StepTerms[];
  readonly windowMs: number | undefined;
  readonly live: readonly Interval[];
  /** When it first went live, or will have: nothing before it counts. */
  readonly beginsAt: EpochMs;
  readonly segments: readonly string[];
  readonly levels: readonly string[];
  readonly newTo: PartnerId | undefined;
  readonly after: readonly string[];
  readonly reward: MissionReward;
  /** Sorted by funder. */
  readonly funders: readonly PartnerId[];
  readonly weights: readonly number[];
  readonly feeKopecks: Kopecks;
  readonly budgetCents: PointsCents | undefined;
  readonly onReturn: "keep" | "take-back";
};

/** Boosts and rules that a mission brings into the programme have this name. */
export function missionKey(id: string): string {
  return `mission-${id}`;
}

/** The cap that is a mission's budget. */
export function budgetCap(id: string): string {
  return `${missionKey(id)}-budget`.slice(0, 63);
}

export function missionTerms(
  id: string,
  document: MissionDocument,
  live: readonly Interval[],
  programme: CompiledProgramme,
): MissionTerms {
  const { calendar } = programme;
  const funders = Object.keys(document.funders).sort();
  const period = periodOf(document, calendar);
  const within = document.goal.within === undefined ? undefined : quantities.durationOf(document.goal.within);
  return {
    id,
    partner: document.partner,
    document,
    steps: goalSteps(document, programme),
    windowMs: within === undefined ? undefined : within.count * DAY_MS,
    live: live
      .map(({ fromAt, untilAt }) => ({
        fromAt: Math.max(fromAt, period.fromAt),
        untilAt: Math.min(untilAt, period.untilAt),
      }))
      .filter(({ fromAt, untilAt }) => fromAt < untilAt),
    beginsAt: Math.max(live[0]?.fromAt ?? period.fromAt, period.fromAt),
    segments: list(document.audience?.segment),
    levels: list(document.audience?.level),
    newTo: document.audience?.newTo,
    after: list(document.after),
    reward: rewardOf(id, document),
    funders,
    weights: funders.map((funder) => document.funders[funder] as number),
    feeKopecks: document.fee === undefined ? 0 : quantities.moneyKopecks(document.fee),
    budgetCents: document.budget === undefined ? undefined : quantities.pointsCentsOf(document.budget),
    onReturn: document.onReturn ?? programme.policies.boostReturn,
  };
}

/** [first midnight, midnight after the last day). */
export function periodOf(document: MissionDocument, calendar: Calendar): Interval {
  const from = parseDay(document.from);
  const until = parseDay(document.until);
  invariant(from !== undefined && until !== undefined, "a checked mission has days");
  return { fromAt: calendar.startOf(from), untilAt: calendar.startOf(until + 1) };
}

function rewardOf(id: string, { reward }: MissionDocument): MissionReward {
  const duration = (text: string | undefined) => (text === undefined ? undefined : quantities.durationOf(text));
  if (reward.points !== undefined) {
    return { kind: "points", cents: quantities.pointsCentsOf(reward.points), expiry: duration(reward.expiry) };
  }
  return { kind: "boost", key: reward.boost ?? missionKey(id), lasts: duration(reward.lasts) };
}

/** What a goal asks for, step by step; a plain goal is one step. */
export function goalSteps(
  { goal, partner }: Pick<MissionDocument, "goal" | "partner">,
  programme: CompiledProgramme,
): StepTerms[] {
  const { steps } = goal;
  if (steps === undefined) return [stepOf("goal", goal, partner, programme)];
  return Object.keys(steps)
    .sort()
    .map((id) => stepOf(id, steps[id] as Step, partner, programme));
}

type Step = Omit<MissionDocument["goal"], "steps" | "within">;

function stepOf(id: string, step: Step, partner: PartnerId, programme: CompiledProgramme): StepTerms {
  const deed = deedOf(step, partner, programme);
  const { everyDay, everyWeek, everyMonth, spend, times } = step;
  if (everyDay !== undefined) return { id, deed, measure: "days", target: quantities.timesOf(everyDay) };
  if (everyWeek !== undefined) return { id, deed, measure: "weeks", target: quantities.timesOf(everyWeek) };
  if (everyMonth !== undefined) return { id, deed, measure: "months", target: quantities.timesOf(everyMonth) };
  if (spend !== undefined) return { id, deed, measure: "sum", target: quantities.moneyKopecks(spend) };
  return { id, deed, measure: "times", target: times === undefined ? 1 : quantities.timesOf(times) };
}

function deedOf(step: Step, partner: PartnerId, programme: CompiledProgramme): Deed {
  if (step.event !== undefined) {
    return { kind: "event", partner: step.of ?? partner, type: step.event, where: Object.entries(step.where ?? {}) };
  }
  const { at, category, exceptCategory, atLeast } = step.purchase ?? {};
  return {
    kind: "purchase",
    partners: at === undefined ? undefined : new Set(list(at)),
    categories: fitting(list(category), list(exceptCategory), programme),
    leastKopecks: atLeast === undefined ? 1 : quantities.moneyKopecks(atLeast),
  };
}

/** Categories with those below them; undefined for all. */
function fitting(
  included: readonly string[],
  excluded: readonly string[],
  { categories }: CompiledProgramme,
): ReadonlySet<string> | undefined {
  if (included.length === 0 && excluded.length === 0) return undefined;
  const { ids, numbers, isUnder } = categories;
  const under = (above: string, below: number): boolean => {
    const number = numbers.get(above);
    return number !== undefined && isUnder[number * ids.length + below] === 1;
  };
  const fits = (below: number): boolean =>
    (included.length === 0 || included.some((above) => under(above, below))) &&
    !excluded.some((above) => under(above, below));
  return new Set(ids.filter((_, number) => fits(number)));
}

/** The midnight that ends the last day: so many days or months after the day of `at`. Undefined for good. */
export function endOf(at: EpochMs, lasts: quantities.Duration | undefined, calendar: Calendar): EpochMs | undefined {
  if (lasts === undefined) return undefined;
  const day = calendar.dayOf(at);
  const last: Day = lasts.unit === "month" ? addMonths(day, lasts.count) : day + lasts.count;
  return calendar.startOf(last + 1);
}
