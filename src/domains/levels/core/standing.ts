import type { Trait } from "#domains/ledger/index.ts";
import { type CompiledProgramme, numbers, textOf } from "#domains/program/index.ts";
import { type EpochMs, formatDay } from "#kernel/time.ts";
import { type LevelGoal, levelGoals, monthAt, periodStart, startOfMonth } from "./goals.ts";
import { type Contribution, createTally, inOrder } from "./tally.ts";

export type Text = { readonly ru: string; readonly en: string };

/** How far a goal is, now. */
export type Distance = {
  readonly level: string;
  readonly basis: LevelGoal["basis"];
  /** Kopecks, or hundredths of a point. */
  readonly target: number;
  readonly done: number;
  readonly missing: number;
  /** When the period ends in which it is counted; absent for rolling days. */
  readonly untilAt?: EpochMs;
  readonly text: Text;
};

export type HeldLevel = { readonly level: string; readonly fromAt: EpochMs; readonly untilAt?: EpochMs };

export type LevelStanding = {
  readonly level: string;
  readonly name: Text;
  readonly rank: number;
  readonly favourites: number;
  readonly sinceAt: EpochMs;
  /** Until when it is kept if nothing more happens; absent for good. */
  readonly keptUntilAt?: EpochMs;
  readonly next?: Distance;
  /** What is missing to keep the level for the period after; absent where it is kept by then or can't be lost. */
  readonly keep?: Distance;
  /** Newest first. */
  readonly history: readonly HeldLevel[];
};

/** A member's level as members read it; undefined where the programme has none. */
export function standingOf(
  programme: CompiledProgramme,
  traits: readonly Trait[],
  contributions: readonly Contribution[],
  memberSinceAt: EpochMs,
  now: EpochMs,
): LevelStanding | undefined {
  const held = historyOf(programme, traits, memberSinceAt).filter(({ fromAt }) => fromAt <= now);
  const current = held.at(-1);
  if (current === undefined) return undefined;
  const level = programme.document.levels[current.level];
  if (level === undefined) return undefined;
  const goals = levelGoals(programme);
  const next = goals.find(({ rank }) => rank > level.rank);
  const own = goals.find((goal) => goal.level === current.level);
  const distance = (goal: LevelGoal, kind: "next" | "keep") =>
    distanceTo(goal, kind, programme, inOrder(contributions), now);
  const keep = own === undefined || current.untilAt === undefined ? undefined : distance(own, "keep");
  return {
    level: current.level,
    name: textOf(level.name),
    rank: level.rank,
    favourites: level.favourites,
    sinceAt: current.fromAt,
    ...(current.untilAt === undefined ? {} : { keptUntilAt: current.untilAt }),
    ...(next === undefined ? {} : { next: distance(next, "next") }),
    ...(keep === undefined || keep.missing === 0 ? {} : { keep }),
    history: held.reverse(),
  };
}

/** Which level a member had when: the highest of its traits at each time, else the lowest. To come is what is known now. */
export function historyOf(
  { levels }: Pick<CompiledProgramme, "levels">,
  traits: readonly Trait[],
  memberSinceAt: EpochMs,
): HeldLevel[] {
  const ranked = [...levels.values()].sort((a, b) => b.rank - a.rank);
  const lowest = ranked.at(-1);
  if (lowest === undefined) return [];
  const own = traits.filter(({ kind, key }) => kind === "level" && levels.has(key));
  const times = new Set([memberSinceAt]);
  for (const { fromAt, untilAt } of own) {
    times.add(fromAt);
    if (untilAt !== undefined) times.add(untilAt);
  }
  const history: HeldLevel[] = [];
  for (const at of [...times].sort((a, b) => a - b)) {
    const keys = new Set(own.filter((trait) => holdsAt(trait, at)).map(({ key }) => key));
    const level = (ranked.find(({ id }) => keys.has(id)) ?? lowest).id;
    const before = history.at(-1);
    if (before?.level === level) continue;
    if (before !== undefined) history[history.length - 1] = { ...before, untilAt: at };
    history.push({ level, fromAt: at });
  }
  return history;
}

function holdsAt({ fromAt, untilAt }: Trait, at: EpochMs): boolean {
  return at >= fromAt && (untilAt === undefined || at < untilAt);
}

function distanceTo(
  goal: LevelGoal,
  kind: "next" | "keep",
  programme: CompiledProgramme,
  ordered: readonly Contribution[],
  now: EpochMs,
): Distance {
  const { calendar } = programme;
  const { window, level, basis, target } = goal;
  const done = Math.max(0, createTally(goal, ordered, calendar).sums(now, now + 1).current);
  const missing = Math.max(0, target - done);
  const untilAt =
    window.kind === "rolling"
      ? undefined
      : startOfMonth(periodStart(monthAt(now, calendar), window.months) + window.months, calendar);
  const lastDay = untilAt === undefined ? undefined : formatDay(calendar.dayOf(untilAt - 1));
  const name = textOf(programme.document.levels[level]?.name ?? level);
  const text = { ru: sentence("ru"), en: sentence("en") };
  return { level, basis, target, done, missing, ...(untilAt === undefined ? {} : { untilAt }), text };

  function sentence(language: "ru" | "en"): string {
    const sum = basis === "spend" ? numbers.moneyText(missing, language) : numbers.pointsText(missing, language);
    if (language === "en") {
      const verb = basis === "spend" ? "Spend" : "Earn";
      const when = window.kind === "rolling" ? ` within ${window.days} days` : ` by ${lastDay}`;
      const aim = kind === "next" ? `to reach "${name.en}"` : `to keep "${name.en}"`;
      return missing === 0 ? `"${name.en}" is reached` : `${verb} ${sum} more${when} ${aim}`;
    }
    const verb = basis === "spend" ? "потратить ещё" : "заработать ещё";
    const when =
      window.kind === "rolling"
        ? ` за последние ${window.days} дн.`
        : ` до конца ${lastDay?.split("-").reverse().join(".")}`;
    const aim = kind === "next" ? `До уровня «${name.ru}»` : `Чтобы сохранить «${name.ru}»`;
    return missing === 0 ? `Уровень «${name.ru}» достигнут` : `${aim}: ${verb} ${sum}${when}`;
  }
}
