import {
  GROCERY_FIGURES,
  HOUSEHOLD_FIGURES,
  PAYDAYS,
  PENSION_AGE,
  RESPONSE_FIGURES,
  TASTE_FIGURES,
} from "./assumptions.ts";
import { CATEGORIES, localBit } from "./categories.ts";
import { aim, chance, createDice, type Dice, next, pickOne, purpose } from "./dice.ts";
import { aliasOf, lognormal, normalQuantile, pick } from "./distributions.ts";
import type { Household } from "./households.ts";
import type { Traits } from "./people.ts";

/** What a person likes and how they answer: stable for life, known as truth. */
export type Tastes = {
  /** Numbers of the grocery categories that take extra lines of their baskets. */
  readonly favourites: readonly number[];
  /** Bit per grocery category that they never buy (the first 27 of CATEGORIES). */
  readonly avoids: number;
  /** Visits, basket size and price level against the average person's. */
  readonly visitFactor: number;
  readonly linesFactor: number;
  readonly priceFactor: number;
  /** Above 1 prefers the large grocer to the near one. */
  readonly likesLarge: number;
  /** Response to boosts and missions; 0 never reacts, below 0 is put off, 1 is the average of those who react. */
  readonly sensitivity: number;
  /** Days of the month on which money comes in, ascending. */
  readonly paydays: readonly [number, number];
};

const TASTES = purpose("tastes");
const dice = createDice();

const GROCERY = CATEGORIES.filter((category) => category.kind === "grocer");
const FAVOURITE_ALIAS = aliasOf(GROCERY.map(({ id }) => GROCERY_FIGURES[id]?.weightBp ?? 0));

const TOBACCO = localBit("tobacco");
const ALCOHOL = localBit("alcohol");
const BABY = localBit("baby-goods");
const PET = localBit("pet-goods");

/** Mean 1, so that tastes spread people without moving the average. */
function around(dice: Dice, sigma: number): number {
  return Math.exp(sigma * normalQuantile(next(dice)) - (sigma * sigma) / 2);
}

export function tastesOf(seed: number, index: number, traits: Traits, home: Household): Tastes {
  aim(dice, seed, TASTES, index, 0);
  const figures = TASTE_FIGURES;
  const avoids =
    (chance(dice, figures.smokerBp) ? 0 : TOBACCO) |
    (chance(dice, figures.teetotalBp) ? ALCOHOL : 0) |
    (home.hasBaby ? 0 : BABY) |
    (home.hasPet ? 0 : PET);
  const income = home.incomeKopecks / HOUSEHOLD_FIGURES.medianIncomeKopecks;
  const shared = home.adults ** -0.35;
  const mouths = 1 + 0.28 * (home.adults - 1) + 0.22 * home.children;
  return {
    favourites: drawFavourites(dice, avoids),
    avoids,
    visitFactor: around(dice, figures.visitSigma) * shared * 1.2,
    linesFactor: around(dice, figures.linesSigma) * mouths * 0.82,
    priceFactor: around(dice, figures.priceSigma) * income ** figures.incomeElasticity,
    likesLarge: around(dice, 0.6) * income ** 0.5,
    sensitivity: drawSensitivity(dice),
    paydays: (traits.age >= PENSION_AGE ? PAYDAYS.pension : pickOne(dice, PAYDAYS.salaries)) as [number, number],
  };
}

function drawFavourites(dice: Dice, avoids: number): number[] {
  const favourites: number[] = [];
  while (favourites.length < TASTE_FIGURES.favourites) {
    const category = pick(FAVOURITE_ALIAS, next(dice));
    if ((avoids >> category) & 1 || favourites.includes(category)) continue;
    favourites.push(category);
  }
  return favourites;
}

function drawSensitivity(dice: Dice): number {
  const u = next(dice) * 10_000;
  const { indifferentBp, annoyedBp, annoyedSensitivity, sensitivitySigma } = RESPONSE_FIGURES;
  const spread = next(dice);
  if (u < indifferentBp) return 0;
  if (u < indifferentBp + annoyedBp) return annoyedSensitivity;
  return lognormal(spread, Math.exp(-(sensitivitySigma ** 2) / 2), sensitivitySigma);
}
