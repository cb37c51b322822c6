import {
  CATEGORY_SEASONS,
  type CategoryFigures,
  GROCERY_FIGURES,
  OTHER_FIGURES,
  TASTE_FIGURES,
  VISIT_FIGURES,
} from "./assumptions.ts";
import { CATEGORIES } from "./categories.ts";
import { type Dice, next } from "./dice.ts";
import { type Alias, aliasOf, lognormalQuantiles, pick, type Quantiles, quantile } from "./distributions.ts";
import { isGrocer, PARTNERS } from "./partners.ts";

/** Lines of a receipt as columns: numbers in CATEGORIES, kopecks, pieces. A category stands on one line only. */
export type Lines = { readonly categories: number[]; readonly amounts: number[]; readonly quantities: number[] };

/** What a basket depends on besides chance. */
export type BasketPlan = {
  readonly partner: number;
  /** 0 is January. */
  readonly month: number;
  readonly favourites: readonly number[];
  /** Bits of the partner's own categories that are never bought. */
  readonly avoids: number;
  readonly linesFactor: number;
  readonly priceFactor: number;
  /** What boosts add to every amount, as a factor; 1 without. It changes amounts, never lines. */
  readonly basketFactor: number;
};

/** Doors take at most 100 lines a receipt; a basket by category stays far below. */
export const MOST_LINES = 16;

/** MEASURED share of lines of 1, 2, and 3 or more pieces; amounts are of the whole line. */
const ONE_PIECE = 0.8;
const TWO_PIECES = 0.94;

function figuresOf(id: string): CategoryFigures {
  const figures = GROCERY_FIGURES[id] ?? OTHER_FIGURES[id];
  if (!figures) throw new Error(`no figures of category ${id}`);
  return figures;
}

/** Amount quantiles by category number. */
const AMOUNTS: readonly Quantiles[] = CATEGORIES.map(({ id }) => {
  const { medianKopecks, sigma } = figuresOf(id);
  return lognormalQuantiles(medianKopecks, sigma);
});

/** The partner's categories are a run of CATEGORIES; a local number counts from its start. */
const FIRST: readonly number[] = PARTNERS.map(({ kind }) => CATEGORIES.findIndex((category) => category.kind === kind));

/** By partner and month: how categories are drawn. */
const MIXES: readonly (readonly Alias[])[] = PARTNERS.map(({ kind }) => {
  const own = CATEGORIES.filter((category) => category.kind === kind);
  return Array.from({ length: 12 }, (_, month) =>
    aliasOf(own.map(({ id }) => figuresOf(id).weightBp * (CATEGORY_SEASONS[id]?.[month] ?? 1))),
  );
});

const LINES: readonly Quantiles[] = PARTNERS.map(({ id }) => {
  const figures = VISIT_FIGURES[id];
  return lognormalQuantiles(figures?.medianLines ?? 1, figures?.linesSigma ?? 0);
});

/** How many lines are drawn; lines of the same category merge, so a basket may show fewer. */
export function drawSize(dice: Dice, partner: number, linesFactor: number): number {
  const size = Math.round(quantile(LINES[partner] as Quantiles, next(dice)) * linesFactor);
  return Math.max(1, Math.min(size, MOST_LINES));
}

export function drawBasket(dice: Dice, plan: BasketPlan, size: number): Lines {
  const lines: Lines = { categories: [], amounts: [], quantities: [] };
  for (let i = 0; i < size; i++) addLine(dice, plan, lines);
  if (plan.basketFactor !== 1) {
    for (let i = 0; i < lines.amounts.length; i++) {
      lines.amounts[i] = Math.max(100, Math.round((lines.amounts[i] as number) * plan.basketFactor));
    }
  }
  return lines;
}

function addLine(dice: Dice, plan: BasketPlan, lines: Lines): void {
  const category = drawCategory(dice, plan);
  const priced = quantile(AMOUNTS[category] as Quantiles, next(dice)) * plan.priceFactor;
  const amount = Math.max(100, Math.round(priced / 10) * 10);
  const pieces = next(dice);
  const quantity = pieces < ONE_PIECE ? 1 : pieces < TWO_PIECES ? 2 : 3;
  const known = lines.categories.indexOf(category);
  if (known < 0) {
    lines.categories.push(category);
    lines.amounts.push(amount);
    lines.quantities.push(quantity);
  } else {
    lines.amounts[known] = (lines.amounts[known] as number) + amount;
    lines.quantities[known] = (lines.quantities[known] as number) + quantity;
  }
}

function drawCategory(dice: Dice, plan: BasketPlan): number {
  if (isGrocer(plan.partner) && next(dice) * 10_000 < TASTE_FIGURES.favouriteLinesBp) {
    return plan.favourites[Math.floor(next(dice) * plan.favourites.length)] as number;
  }
  const mix = (MIXES[plan.partner] as readonly Alias[])[plan.month] as Alias;
  for (;;) {
    const local = pick(mix, next(dice));
    if (((plan.avoids >> local) & 1) === 0) return (FIRST[plan.partner] as number) + local;
  }
}
