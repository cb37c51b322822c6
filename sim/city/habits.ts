import type { Day } from "#kernel/time.ts";
import { FIXED_DAYS, OTHER_BANKS } from "./assumptions.ts";
import { localBit } from "./categories.ts";
import { aim, between, createDice, next, purpose } from "./dice.ts";
import { type FraudRole, fraudRoleOf } from "./fraud.ts";
import type { Household, Households } from "./households.ts";
import { type Boost, type CompiledMission, type Response, respond } from "./missions.ts";
import { usualStores } from "./nearest.ts";
import { FUEL, GROCER_LARGE, INSURER, PARTNERS, TELECOM } from "./partners.ts";
import { type Traits, traitsOf } from "./people.ts";
import { dailyRate } from "./rates.ts";
import { type Spans, spansOf, withStart } from "./spans.ts";
import { type Tastes, tastesOf } from "./tastes.ts";

/** All that a person's days are made of, in numbers: the hot path reads this and nothing else about them. */
export type Habits = {
  readonly person: number;
  readonly household: Household;
  readonly tastes: Tastes;
  readonly spans: Spans;
  /** Chance of a trip on a mean day, by partner number. */
  readonly rates: readonly number[];
  /** Day of the month of the telecom bill; day of the year of the policy. */
  readonly billDay: number;
  readonly policyDay: number;
  readonly isPrepaid: boolean;
  /** Number in OTHER_BANKS, plus one, of the card from outside the coalition; 0 is the coalition's bank. */
  readonly otherBank: number;
  readonly responses: readonly Response[];
  readonly boosts: readonly Boost[];
  readonly fraud: FraudRole | undefined;
};

export type HabitsOf = (person: number) => Habits;

const FIXED = purpose("habits/fixed");
const PREPAID_SHARE = 0.65;
const NO_RESPONSES: readonly Response[] = [];
const NO_BOOSTS: readonly Boost[] = [];
const dice = createDice();

export type Makers = {
  readonly seed: number;
  readonly opens: Day;
  readonly missions: readonly CompiledMission[];
  readonly households: Households;
};

/** About 2 µs: cheap enough to be done again for people who are not remembered. */
export function deriveHabits(makers: Makers, person: number): Habits {
  const { seed, opens, missions, households } = makers;
  const { number, place } = households.find(person);
  const household = households.household(number);
  const traits = traitsOf(seed, person, place, household);
  const tastes = tastesOf(seed, person, traits, household);
  let spans = spansOf(seed, person, opens, traits, household);
  let responses = NO_RESPONSES;
  if (missions.length > 0) {
    const natural = spans;
    responses = missions.map((mission) => respond(seed, mission, person, tastes.sensitivity, natural));
    spans = withTasks(natural, missions, responses);
  }
  aim(dice, seed, FIXED, person, 0);
  return {
    person,
    household,
    tastes,
    spans,
    rates: ratesOf(seed, person, traits, household, tastes),
    billDay: between(dice, 1, FIXED_DAYS.lastBillDayOfMonth + 1),
    policyDay: between(dice, 0, 365),
    otherBank: 1 + between(dice, 0, OTHER_BANKS.length),
    isPrepaid: next(dice) < PREPAID_SHARE,
    responses,
    boosts: responses.length > 0 ? responses.flatMap((response) => response.boosts) : NO_BOOSTS,
    fraud: fraudRoleOf(seed, person),
  };
}

/** Only grocers are chosen by distance; to a pharmacy or a filling station one goes when one must. */
function ratesOf(seed: number, person: number, traits: Traits, household: Household, tastes: Tastes): number[] {
  const rates: number[] = [];
  for (let partner = 0; partner < PARTNERS.length; partner++) {
    const distanceKm = partner <= GROCER_LARGE ? usualStores(seed, person, partner, household.home).distanceKm : 0;
    rates.push(dailyRate(partner, traits, household, tastes, distanceKm));
  }
  return rates;
}

/** A task done because of a mission begins the use of its partner. */
function withTasks(natural: Spans, missions: readonly CompiledMission[], responses: readonly Response[]): Spans {
  let spans = natural;
  responses.forEach(({ doneWith, doneWithout }, i) => {
    const partner = missions[i]?.taskPartner ?? -1;
    if (partner >= 0 && doneWith < doneWithout) spans = withStart(spans, partner, doneWith);
  });
  return spans;
}

/** Bits of the partner's own categories that the person never buys: nobody buys diesel for a petrol car. */
export function avoidsAt(habits: Habits, partner: number): number {
  const { car } = habits.household;
  if (partner <= GROCER_LARGE) return habits.tastes.avoids;
  if (partner === FUEL) return car === "diesel" ? PETROL : DIESEL;
  if (partner === TELECOM) return habits.isPrepaid ? SERVICES : BALANCE;
  return partner === INSURER && car === "none" ? CAR_POLICY : 0;
}

const PETROL = localBit("petrol");
const DIESEL = localBit("diesel");
const SERVICES = localBit("telecom-services");
const BALANCE = localBit("phone-balance");
const CAR_POLICY = localBit("policy-car");

/**
 * Remembers the last `capacity` people (direct-mapped: streaming over everybody in order keeps all of them as long as
 * they fit). Memory is bounded by the capacity, about 1 KB a person, whatever the city's size.
 */
export function rememberHabits(derive: HabitsOf, capacity: number): HabitsOf {
  const remembered: (Habits | undefined)[] = new Array(capacity);
  return (person) => {
    const slot = person % capacity;
    const known = remembered[slot];
    if (known?.person === person) return known;
    const habits = derive(person);
    remembered[slot] = habits;
    return habits;
  };
}
