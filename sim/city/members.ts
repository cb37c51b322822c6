import type { EpochMs, Month } from "#kernel/time.ts";
import { FRAUD_FIGURES, MEMBERSHIP_FIGURES } from "./assumptions.ts";
import { CATEGORIES } from "./categories.ts";
import { purpose, roll } from "./dice.ts";
import { cardOf, extraPhoneOf, phoneOf } from "./identifiers.ts";
import { instantOf } from "./receipts.ts";
import { NEVER } from "./spans.ts";
import type { World } from "./world.ts";

/** A registration in the programme: a card and a phone of one person. Tills show exactly these identifiers. */
export type CityMember = {
  readonly person: number;
  /** 0, and 1 to 7 for the further accounts of one who has many. */
  readonly account: number;
  readonly joinedAt: EpochMs;
  readonly card: string;
  readonly phone: string;
  /** The subscription, [from, until); `until` is absent while it lasts beyond the city's period. */
  readonly subscription?: { readonly fromAt: EpochMs; readonly untilAt?: EpochMs };
  /** Chooses favourite categories each month. */
  readonly choosesFavourites: boolean;
};

const CHOOSES = purpose("members/chooses");
const CHOICE = purpose("members/choice");

/** Registrations that exist before the city's period ends, by person; a stream without memory. */
export function* membersOf(world: World): Generator<CityMember> {
  for (let person = 0; person < world.people; person++) yield* registrationsOf(world, person);
}

export function registrationsOf(world: World, person: number): CityMember[] {
  const { seed } = world;
  const { spans, fraud } = world.habitsOf(person);
  if (spans.memberFrom >= world.closes) return [];
  const accounts = fraud?.kind === "many-accounts" ? FRAUD_FIGURES.manyAccounts.accounts : 1;
  const untilAt = spans.subscribedUntil < world.closes ? { untilAt: instantOf(spans.subscribedUntil, 0) } : {};
  const subscribes = spans.subscribedFrom < world.closes && spans.subscribedFrom !== NEVER;
  return Array.from({ length: accounts }, (_, account) => ({
    person,
    account,
    joinedAt: instantOf(spans.memberFrom, 0),
    card: cardOf(seed, person, account),
    phone: account === 0 ? phoneOf(seed, person, 0) : extraPhoneOf(seed, person, account),
    ...(subscribes && account === 0
      ? { subscription: { fromAt: instantOf(spans.subscribedFrom, 0), ...untilAt } }
      : {}),
    choosesFavourites: choosesFavourites(seed, person),
  }));
}

function choosesFavourites(seed: number, person: number): boolean {
  return roll(seed, CHOOSES, person, 0) * 10_000 < MEMBERSHIP_FIGURES.choosesFavouritesBp;
}

/** Category ids that a member chooses for a month, best liked first: favourites in truth, in an order that turns with the month. */
export function favouritesOf(world: World, person: number, month: Month, count: number): string[] {
  const { favourites } = world.habitsOf(person).tastes;
  const turn = Math.floor(roll(world.seed, CHOICE, person, month) * favourites.length);
  return favourites
    .map((_, i) => favourites[(i + turn) % favourites.length] as number)
    .slice(0, count)
    .map((category) => CATEGORIES[category]?.id as string);
}
