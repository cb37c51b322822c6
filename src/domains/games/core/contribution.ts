import { contributionsOf, type Happening } from "#domains/missions/index.ts";
import type { Contribution } from "#domains/rewards/index.ts";
import type { DistinctTerms, GameTerms } from "./terms.ts";

/**
 * What happened, as games look at it: as missions do, with the points that a receipt earned (below zero: that a return
 * took back) and its whole turnover; or a mission done.
 */
export type GameHappening =
  | {
      readonly kind: "deed";
      readonly happening: Happening;
      readonly turnoverKopecks: number;
      readonly pointsCents: number;
    }
  | { readonly kind: "mission"; readonly mission: string; readonly at: number };

/** Keyed by (game, step, source) like those of missions; `pointsCents` is of leaderboards. */
export type GameContribution = Contribution & { readonly pointsCents: number };

/** What a happening adds to a game, whenever that game counts; empty when it is not its matter. */
export function gameContributions(happened: GameHappening, game: GameTerms): GameContribution[] {
  const { play } = game;
  if (happened.kind === "mission") {
    if (play.kind !== "draw" || !play.missions.has(happened.mission)) return [];
    // By the mission, not by the operation: a boost that moves is given again, and gives no second right.
    return [{ step: "right", source: `m:${happened.mission}`, at: happened.at, amount: 1, pointsCents: 0 }];
  }
  const { happening } = happened;
  switch (play.kind) {
    case "leaderboard":
      return scoreOf(happened);
    case "achievement":
      return plain(play.distinct ? distinctOf(happening, play.distinct) : contributionsOf(happening, play));
    case "draw":
      return plain(play.right ? contributionsOf(happening, { steps: [play.right] }) : []);
    case "questions":
      return [];
  }
}

function plain(contributions: readonly Contribution[]): GameContribution[] {
  return contributions.map((each) => ({ ...each, pointsCents: 0 }));
}

function scoreOf({
  happening,
  turnoverKopecks,
  pointsCents,
}: Extract<GameHappening, { kind: "deed" }>): GameContribution[] {
  if (happening.kind === "event") return [];
  const { source, at } = happening;
  if (happening.kind === "purchase") return [{ step: "score", source, at, amount: turnoverKopecks, pointsCents }];
  return [{ step: "score", source, cites: happening.cites, at, amount: turnoverKopecks, pointsCents }];
}

/** One row for each partner or category that the receipt counts for. */
function distinctOf(happening: Happening, { of, deed, named }: DistinctTerms): Contribution[] {
  const step = { id: "", deed, measure: "times", target: 1 } as const;
  if (of === "partners") {
    return contributionsOf(happening, { steps: [step] }).map((each) => ({ ...each, step: happening.partner }));
  }
  if (happening.kind === "event") return [];
  const steps =
    named === undefined
      ? [...new Set(happening.lines.map(({ category }) => category))]
          .filter((category) => deed.categories?.has(category) !== false)
          .map((category) => ({ ...step, id: category, deed: { ...deed, categories: new Set([category]) } }))
      : [...named].map(([category, categories]) => ({ ...step, id: category, deed: { ...deed, categories } }));
  return contributionsOf(happening, { steps });
}
