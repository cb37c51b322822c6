import { invariant } from "#kernel/invariant.ts";
import { type Day, parseDay } from "#kernel/time.ts";
import { type DayFacts, factsBetween } from "./calendar.ts";
import { dishonestCashiers } from "./fraud.ts";
import { deriveHabits, type HabitsOf, rememberHabits } from "./habits.ts";
import { createHouseholds, type Households } from "./households.ts";
import { compileMission, type Mission } from "./missions.ts";
import { createPeople, type Person } from "./people.ts";

export type CityOptions = {
  readonly seed: number;
  /** Adults. Households are whole when this is a multiple of 24. At most 80 million. */
  readonly people: number;
  /** The period the city lives in, [from, to), YYYY-MM-DD: use, churn and membership are told from its first day on. */
  readonly from: string;
  readonly to: string;
  readonly missions?: readonly Mission[];
  /** People whose habits are kept in memory (about 1 KB each); more people than this are derived again each day. */
  readonly rememberedPeople?: number;
};

/** What all parts of the generator share. Everything in it is a function of the options. */
export type World = {
  readonly seed: number;
  readonly people: number;
  readonly opens: Day;
  readonly closes: Day;
  readonly missions: readonly Mission[];
  readonly households: Households;
  readonly person: (index: number) => Person;
  readonly habitsOf: HabitsOf;
  readonly facts: (day: Day) => DayFacts;
  /** By store number: the dishonest cashier, or -1. */
  readonly cashiers: Int32Array;
};

export const MOST_PEOPLE = 80_000_000;
const REMEMBERED_PEOPLE = 65_536;

export function createWorld(options: CityOptions): World {
  const { seed, people, missions = [] } = options;
  const opens = parseDay(options.from);
  const closes = parseDay(options.to);
  invariant(opens !== undefined && closes !== undefined && opens < closes, "a city needs days from < to");
  invariant(Number.isInteger(people) && people > 0 && people <= MOST_PEOPLE, "people: 1 to 80 million");
  const households = createHouseholds(seed);
  const compiled = missions.map((mission) => compileMission(seed, mission));
  const facts = factsBetween(opens, closes);
  const makers = { seed, opens, missions: compiled, households };
  const derive: HabitsOf = (person) => deriveHabits(makers, person);
  const remembered = options.rememberedPeople ?? REMEMBERED_PEOPLE;
  // Streaming over more people than fit would evict each before its next use: then only the last one is worth keeping.
  const capacity = people <= remembered ? people : 1;
  return {
    seed,
    people,
    opens,
    closes,
    missions,
    households,
    person: createPeople(seed, households),
    habitsOf: rememberHabits(derive, capacity),
    facts: (day) => {
      const found = facts[day - opens];
      invariant(found, "the day lies in the city's period");
      return found;
    },
    cashiers: dishonestCashiers(seed, people),
  };
}
