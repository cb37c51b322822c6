import { type Deed, goalSteps, type Interval, type StepTerms } from "#domains/missions/index.ts";
import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import { list } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";
import { type Calendar, DAY_MS, type EpochMs, parseDay } from "#kernel/time.ts";
import type {
  AchievementDocument,
  DrawDocument,
  GameDocument,
  LeaderboardDocument,
  QuestionsDocument,
} from "./document/schema.ts";

export type GameReward =
  | { readonly kind: "points"; readonly cents: PointsCents; readonly expiry: quantities.Duration | undefined }
  | { readonly kind: "boost"; readonly key: string; readonly lasts: quantities.Duration | undefined };

export type LeaderboardTerms = {
  readonly kind: "leaderboard";
  readonly leastKopecks: Kopecks;
  readonly leastReceipts: number;
  readonly roundBp: BasisPoints;
  readonly closesAfterMs: number;
  readonly crowd: number;
  readonly places: number;
  readonly prizes: readonly PointsCents[];
  readonly onReturn: "keep" | "take-back";
};

/** What is counted apart: partners, or categories (those named, or each as it stands on receipts). */
export type DistinctTerms = {
  readonly of: "partners" | "categories";
  readonly needed: number;
  readonly deed: Extract<Deed, { kind: "purchase" }>;
  /** By the id of the category that is named, what counts as it. */
  readonly named: ReadonlyMap<string, ReadonlySet<string> | undefined> | undefined;
};

export type AchievementTerms = {
  readonly kind: "achievement";
  readonly steps: readonly StepTerms[];
  readonly windowMs: number | undefined;
  readonly distinct: DistinctTerms | undefined;
  readonly onReturn: "keep" | "take-back";
};

export type PrizeTerms = {
  readonly id: string;
  readonly weight: number;
  readonly stock: number | undefined;
  readonly reward: GameReward | undefined;
};

export type DrawTerms = {
  readonly kind: "draw";
  /** Receipts and events that give a right; undefined for missions and days. */
  readonly right: StepTerms | undefined;
  readonly missions: ReadonlySet<string>;
  readonly isDaily: boolean;
  readonly rightLastsMs: number | undefined;
  readonly every: "day" | "week" | "month" | "game";
  /** Sorted by id: the order in which weights are laid out. */
  readonly prizes: readonly PrizeTerms[];
  readonly whenOut: string;
};

export type QuestionsTerms = {
  readonly kind: "questions";
  readonly document: QuestionsDocument;
  readonly pass: number;
  readonly halfLifeMs: number;
};

export type PlayTerms = LeaderboardTerms | AchievementTerms | DrawTerms | QuestionsTerms;

/** A game made ready: what its document says, with quantities as numbers and categories as sets. */
export type GameTerms = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly document: GameDocument;
  readonly live: readonly Interval[];
  readonly play: PlayTerms;
  readonly reward: GameReward | undefined;
  readonly expiry: quantities.Duration | undefined;
  /** Sorted by funder. */
  readonly funders: readonly PartnerId[];
  readonly weights: readonly number[];
  readonly budgetCents: PointsCents | undefined;
};

/** The budget of a game's reward. */
export function gameBudget(id: string): string {
  return `game-${id}-budget`;
}

export function gameTerms(
  id: string,
  document: GameDocument,
  live: readonly Interval[],
  programme: CompiledProgramme,
): GameTerms {
  const period = gamePeriod(document, programme.calendar);
  const funders = Object.keys(document.funders ?? {}).sort();
  return {
    id,
    partner: document.partner,
    document,
    live: live
      .map(({ fromAt, untilAt }) => ({
        fromAt: Math.max(fromAt, period.fromAt),
        untilAt: Math.min(untilAt, period.untilAt),
      }))
      .filter(({ fromAt, untilAt }) => fromAt < untilAt),
    play: playOf(document, programme),
    reward: document.reward && rewardOf(document.reward),
    expiry: lengthOf(document.expiry),
    funders,
    weights: funders.map((funder) => document.funders?.[funder] as number),
    budgetCents: document.budget === undefined ? undefined : quantities.pointsCentsOf(document.budget),
  };
}

/** [first midnight, midnight after the last day). */
export function gamePeriod(document: GameDocument, calendar: Calendar): Interval {
  const [from, until] = [parseDay(document.from), parseDay(document.until)];
  invariant(from !== undefined && until !== undefined, "a checked game has days");
  return { fromAt: calendar.startOf(from), untilAt: calendar.startOf(until + 1) };
}

/** Whether a game counts what happens at a time. */
export function isLiveAt(game: Pick<GameTerms, "live">, at: EpochMs): boolean {
  return game.live.some(({ fromAt, untilAt }) => at >= fromAt && at < untilAt);
}

function playOf(document: GameDocument, programme: CompiledProgramme): PlayTerms {
  const { leaderboard, achievement, draw, questions, partner } = document;
  if (leaderboard !== undefined) return leaderboardOf(leaderboard);
  if (achievement !== undefined) return achievementOf(achievement, partner, programme);
  if (draw !== undefined) return drawOf(draw, partner, programme);
  invariant(questions !== undefined, "a checked game has one play");
  const all = Object.keys(questions.questions).length;
  return {
    kind: "questions",
    document: questions,
    pass: questions.pass ?? all,
    halfLifeMs: daysOf(questions.halfLife, 365),
  };
}

function leaderboardOf(document: LeaderboardDocument): LeaderboardTerms {
  const { roundTo, minimumReceipts, closesAfter, crowd, places, prizes, onReturn } = document;
  return {
    kind: "leaderboard",
    leastKopecks: quantities.moneyKopecks(document.minimumTurnover),
    leastReceipts: minimumReceipts ?? 1,
    roundBp: roundTo === undefined ? 50 : quantities.percentBp(roundTo),
    closesAfterMs: daysOf(closesAfter, 2),
    crowd: crowd ?? 10,
    places: places ?? 100,
    prizes: (prizes ?? []).map(quantities.pointsCentsOf),
    onReturn: onReturn ?? "keep",
  };
}

function achievementOf(
  { goal: whole, onReturn }: AchievementDocument,
  partner: PartnerId,
  programme: CompiledProgramme,
): AchievementTerms {
  const { differentPartners, differentCategories, ...goal } = whole;
  const many = differentPartners ?? differentCategories;
  const within = goal.within === undefined ? undefined : quantities.durationOf(goal.within);
  return {
    kind: "achievement",
    steps: many === undefined ? goalSteps({ goal, partner }, programme) : [],
    windowMs: within === undefined ? undefined : within.count * DAY_MS,
    distinct:
      many === undefined
        ? undefined
        : distinctOf(
            differentPartners === undefined ? "categories" : "partners",
            many,
            goal.purchase,
            partner,
            programme,
          ),
    onReturn: onReturn ?? programme.policies.boostReturn,
  };
}

type Purchase = AchievementDocument["goal"]["purchase"];

function distinctOf(
  of: DistinctTerms["of"],
  many: string,
  purchase: Purchase,
  partner: PartnerId,
  programme: CompiledProgramme,
): DistinctTerms {
  const deed = purchaseDeed(purchase ?? {}, partner, programme);
  const categories = of === "categories" ? list(purchase?.category) : [];
  const named = categories.map((category) => {
    return [category, purchaseDeed({ ...purchase, category }, partner, programme).categories] as const;
  });
  return { of, needed: quantities.timesOf(many), deed, named: named.length === 0 ? undefined : new Map(named) };
}

function purchaseDeed(purchase: NonNullable<Purchase>, partner: PartnerId, programme: CompiledProgramme) {
  const deed = goalSteps({ goal: { purchase }, partner }, programme)[0]?.deed;
  invariant(deed?.kind === "purchase", "a goal of a purchase is of a purchase");
  return deed;
}

function drawOf(document: DrawDocument, partner: PartnerId, programme: CompiledProgramme): DrawTerms {
  const { right, every, prizes, whenOut } = document;
  const { purchase, event, of, mission, daily, lasts } = right;
  const goal =
    purchase === undefined
      ? event === undefined
        ? undefined
        : { event, ...(of === undefined ? {} : { of }) }
      : { purchase };
  const step = goal && goalSteps({ goal, partner }, programme)[0];
  return {
    kind: "draw",
    right: step && { ...step, id: "right" },
    missions: new Set(list(mission)),
    isDaily: daily === true,
    rightLastsMs: lasts === undefined ? undefined : daysOf(lasts, 0),
    every: every ?? "week",
    prizes: Object.keys(prizes)
      .sort()
      .map((id) => {
        const { weight, stock, points, boost, lasts: holds } = prizes[id] as DrawDocument["prizes"][string];
        const reward =
          points === undefined && boost === undefined ? undefined : rewardOf({ points, boost, lasts: holds });
        return { id, weight, stock, reward };
      }),
    whenOut,
  };
}

type RewardText = {
  readonly points?: string | undefined;
  readonly boost?: string | undefined;
  readonly lasts?: string | undefined;
  readonly expiry?: string | undefined;
};

function rewardOf({ points, boost, lasts, expiry }: RewardText): GameReward {
  if (points !== undefined)
    return { kind: "points", cents: quantities.pointsCentsOf(points), expiry: lengthOf(expiry) };
  invariant(boost !== undefined, "a checked reward is of points or a boost");
  return { kind: "boost", key: boost, lasts: lengthOf(lasts) };
}

function lengthOf(text: string | undefined): quantities.Duration | undefined {
  return text === undefined ? undefined : quantities.durationOf(text);
}

function daysOf(text: string | undefined, otherwise: number): number {
  return (text === undefined ? otherwise : quantities.durationOf(text).count) * DAY_MS;
}
