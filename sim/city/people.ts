import { invariant } from "#kernel/invariant.ts";
import { type Day, parseDay } from "#kernel/time.ts";
import { AGES_ON } from "./assumptions.ts";
import { aim, between, chance, createDice, type Dice, next, pickOne, purpose } from "./dice.ts";
import type { Household, Households } from "./households.ts";
import { FEMALE_NAMES, type FirstName, feminine, type Gender, MALE_NAMES, patronymic, SURNAMES } from "./names.ts";

export type Role = "head" | "partner" | "child" | "relative";

/** What the passport says, and which places of the household a person fills. */
export type Person = {
  readonly index: number;
  readonly household: number;
  readonly role: Role;
  readonly gender: Gender;
  /** Years on AGES_ON. */
  readonly age: number;
  readonly birthDay: Day;
  readonly name: PersonName;
};

export type PersonName = {
  readonly last: string;
  readonly first: string;
  readonly middle: string;
  /** What friends say. */
  readonly short: string;
  /** The surname before marriage, of those who changed it. */
  readonly earlierLast?: string;
};

/** Age, gender and role without names: what shopping depends on. */
export type Traits = { readonly role: Role; readonly gender: Gender; readonly age: number; readonly birthDay: Day };

const TRAITS = purpose("people/traits");
const NAME = purpose("people/name");
const FAMILY = purpose("people/family");

const dice = createDice();

const REFERENCE_DAY = parseDay(AGES_ON);
const DAYS_IN_YEAR = 365.2425;

/** Traits of the person at `place` in a household. Partners are of opposite gender and about the same age. */
export function traitsOf(seed: number, index: number, place: number, home: Household): Traits {
  invariant(REFERENCE_DAY !== undefined, "AGES_ON is a day");
  const headIsMale = chance(aim(dice, seed, FAMILY, home.number, 0), home.adults === 1 ? 4_000 : 6_200);
  aim(dice, seed, TRAITS, index, 0);
  const role = roleAt(place, home.headAge);
  const age = ageOf(dice, role, home.headAge);
  const isMale = role === "head" ? headIsMale : role === "partner" ? !headIsMale : next(dice) < 0.47;
  const birthDay = REFERENCE_DAY - Math.floor((age + next(dice)) * DAYS_IN_YEAR);
  return { role, gender: isMale ? "male" : "female", age, birthDay };
}

function roleAt(place: number, headAge: number): Role {
  if (place === 0) return "head";
  if (place === 1) return "partner";
  return place === 2 || headAge > 62 ? "child" : "relative";
}

function ageOf(dice: Dice, role: Role, headAge: number): number {
  const u = next(dice);
  if (role === "head") return headAge;
  if (role === "partner") return Math.max(19, Math.min(86, headAge - 5 + Math.floor(u * 9)));
  if (role === "child") return Math.max(18, headAge - 22 - Math.floor(u * 14));
  return Math.min(86, headAge + 20 + Math.floor(u * 8));
}

export function createPeople(seed: number, households: Households): (index: number) => Person {
  return (index) => {
    const { number, place } = households.find(index);
    const home = households.household(number);
    const traits = traitsOf(seed, index, place, home);
    return { index, household: number, ...traits, name: nameOf(seed, index, traits, home) };
  };
}

/** A family shares a surname (its women its feminine form) and children carry their father's patronymic. */
function nameOf(seed: number, index: number, traits: Traits, home: Household): PersonName {
  const family = aim(createDice(), seed, FAMILY, home.number, 1);
  const familySurname = pickOne(family, SURNAMES);
  const father = pickOne(family, MALE_NAMES);
  const dice = aim(createDice(), seed, NAME, index, 0);
  const isFather = traits.gender === "male" && (traits.role === "head" || traits.role === "partner");
  const firstName = isFather ? father : pickOne<FirstName>(dice, traits.gender === "male" ? MALE_NAMES : FEMALE_NAMES);
  const ownSurname = pickOne(dice, SURNAMES);
  const keepsOwn = traits.role === "relative" || (traits.role === "partner" && next(dice) < 0.15);
  const inflect = (surname: string): string => (traits.gender === "female" ? feminine(surname) : surname);
  const ownFather = pickOne(dice, MALE_NAMES).full;
  const married =
    traits.gender === "female" && home.adults > 1 && (traits.role === "head" || traits.role === "partner");
  const name = {
    last: inflect(keepsOwn ? ownSurname : familySurname),
    first: firstName.full,
    middle: patronymic(traits.role === "child" ? father.full : ownFather, traits.gender),
    short: firstName.short[between(dice, 0, firstName.short.length)] ?? firstName.full,
  };
  return married && !keepsOwn ? { ...name, earlierLast: inflect(ownSurname) } : name;
}
