import { invariant } from "#kernel/invariant.ts";
import { HEAD_AGES, HOUSEHOLD_FIGURES, HOUSEHOLD_SIZES, OLDEST_AGE } from "./assumptions.ts";
import { aim, between, chance, createDice, next, pickOne, purpose } from "./dice.ts";
import { aliasOf, lognormal, pick } from "./distributions.ts";
import { DISTRICTS, type Point } from "./places.ts";

export type Address = { readonly street: string; readonly house: number; readonly flat: number };

/** Who lives together: adults are people of the city, children are only counted. */
export type Household = {
  /** The index of its first person, its head. */
  readonly number: number;
  readonly adults: number;
  readonly headAge: number;
  readonly children: number;
  readonly hasBaby: boolean;
  readonly hasPet: boolean;
  readonly car: "none" | "petrol" | "diesel";
  /** Number in DISTRICTS. */
  readonly district: number;
  readonly home: Point;
  /** Monthly income of an adult of working age. */
  readonly incomeKopecks: number;
};

export type Households = {
  /** The number of the household that a person lives in, and where in it the person stands (0 is the head). */
  find(person: number): { readonly number: number; readonly adults: number; readonly place: number };
  household(number: number): Household;
};

/** People come in blocks of this many, and no household lies across two; each block is shuffled on its own. */
export const BLOCK = HOUSEHOLD_SIZES.reduce((sum, size) => sum + size, 0);

const BLOCK_ORDER = purpose("households/order");
const TRAITS = purpose("households/traits");
const ADDRESS = purpose("households/address");
const dice = createDice();

const AGE_ALIAS = aliasOf(HEAD_AGES.map(([, share]) => share));
const DISTRICT_ALIAS = aliasOf(DISTRICTS.map((each) => each.populationShare));

export function createHouseholds(seed: number): Households {
  const sizes = [...HOUSEHOLD_SIZES] as number[];
  let shuffledBlock = -1;

  const shuffle = (block: number): void => {
    if (block === shuffledBlock) return;
    shuffledBlock = block;
    aim(dice, seed, BLOCK_ORDER, block, 0);
    for (let i = 0; i < sizes.length; i++) sizes[i] = HOUSEHOLD_SIZES[i] as number;
    for (let i = sizes.length - 1; i > 0; i--) {
      const j = between(dice, 0, i + 1);
      const held = sizes[i] as number;
      sizes[i] = sizes[j] as number;
      sizes[j] = held;
    }
  };

  const find: Households["find"] = (person) => {
    const block = Math.floor(person / BLOCK);
    shuffle(block);
    let number = block * BLOCK;
    for (const adults of sizes) {
      if (person < number + adults) return { number, adults, place: person - number };
      number += adults;
    }
    throw new Error(`no household for person ${person}`);
  };

  return {
    find,
    household: (number) => {
      const { adults, place } = find(number);
      invariant(place === 0, "a household is named by its first person");
      return describe(seed, number, adults);
    },
  };
}

function describe(seed: number, number: number, adults: number): Household {
  aim(dice, seed, TRAITS, number, 0);
  const headAge = drawHeadAge(next(dice), next(dice), adults);
  const district = pick(DISTRICT_ALIAS, next(dice));
  const place = DISTRICTS[district] as (typeof DISTRICTS)[number];
  const figures = HOUSEHOLD_FIGURES;
  const hasChildren = adults > 1 && headAge < figures.childrenUntilHeadAge && chance(dice, figures.childrenBp);
  const hasBaby = hasChildren && headAge < figures.babyUntilHeadAge && chance(dice, figures.babyBp);
  const children = hasChildren ? 1 + (next(dice) < 0.4 ? 1 : 0) : 0;
  const hasPet = chance(dice, figures.petBp);
  const hasCar = chance(dice, figures.carBp);
  const car = !hasCar ? "none" : chance(dice, figures.dieselBp) ? "diesel" : "petrol";
  const incomeKopecks = Math.round(
    lognormal(next(dice), figures.medianIncomeKopecks, figures.incomeSigma) * place.incomeFactor,
  );
  const radius = place.radiusKm * Math.sqrt(next(dice));
  const angle = 2 * Math.PI * next(dice);
  const home = { x: place.centre.x + radius * Math.cos(angle), y: place.centre.y + radius * Math.sin(angle) };
  return { number, adults, headAge, children, hasBaby, hasPet, car, district, home, incomeKopecks };
}

/** Where a household lives, and where it lived before if it moved in the last years. */
export function addressesOf(seed: number, home: Household): { readonly now: Address; readonly earlier?: Address } {
  const dice = aim(createDice(), seed, ADDRESS, home.number, 0);
  const drawAddress = (streets: readonly string[]): Address => ({
    street: pickOne(dice, streets),
    house: between(dice, 1, 120),
    flat: between(dice, 1, 240),
  });
  const now = drawAddress(DISTRICTS[home.district]?.streets ?? []);
  const moved = chance(dice, HOUSEHOLD_FIGURES.movedBp);
  return moved ? { now, earlier: drawAddress(pickOne(dice, DISTRICTS).streets) } : { now };
}

/** Households of three and more have a grown child, so their head is at least 40. */
function drawHeadAge(u: number, within: number, adults: number): number {
  const decade = pick(AGE_ALIAS, u);
  const from = HEAD_AGES[decade]?.[0] ?? 19;
  const until = HEAD_AGES[decade + 1]?.[0] ?? OLDEST_AGE;
  const age = Math.floor(from + within * (until - from));
  return adults > 2 && age < 40 ? 40 + Math.floor(within * 20) : age;
}
