import type { Day } from "#kernel/time.ts";
import type { FraudRole } from "./fraud.ts";
import type { Response } from "./missions.ts";
import { PARTNERS } from "./partners.ts";
import type { Spans } from "./spans.ts";
import type { Tastes } from "./tastes.ts";
import { visitChance } from "./visits.ts";
import type { World } from "./world.ts";

/** What only the generator knows; later parts check what they infer against it. */
export type Truth = {
  tastes(person: number): Tastes;
  /** Membership, subscription, and per partner the first day of use and the day of churn. */
  spans(person: number): Spans;
  /** The day from which the person comes no more to the partner; undefined when that is after the city's period. */
  churnDay(person: number, partner: string): Day | undefined;
  fraud(person: number): FraudRole | undefined;
  /** The dishonest cashiers: store number and person. */
  cashiers(): readonly { readonly store: number; readonly person: number }[];
  /** What a mission does to the person, in the audience or not: `boosts` is empty where it does nothing. */
  response(person: number, mission: string): Response | undefined;
  /** Expected main trips to the partner in [from, to), with the city's missions: the sum of the days' chances. */
  expectedVisits(person: number, partner: string, from: Day, to: Day): number;
};

export function truthOf(world: World): Truth {
  const numberOf = (partner: string): number => {
    const number = PARTNERS.findIndex(({ id }) => id === partner);
    if (number < 0) throw new Error(`no partner ${partner}`);
    return number;
  };
  return {
    tastes: (person) => world.habitsOf(person).tastes,
    spans: (person) => world.habitsOf(person).spans,
    churnDay: (person, partner) => {
      const day = world.habitsOf(person).spans.leaves[numberOf(partner)] as Day;
      return day < world.closes ? day : undefined;
    },
    fraud: (person) => world.habitsOf(person).fraud,
    cashiers: () =>
      Array.from(world.cashiers, (person, store) => ({ store, person })).filter(({ person }) => person >= 0),
    response: (person, mission) => world.habitsOf(person).responses.find((each) => each.mission === mission),
    expectedVisits: (person, partner, from, to) => {
      const habits = world.habitsOf(person);
      const number = numberOf(partner);
      let sum = 0;
      for (let day = from; day < to; day++) sum += visitChance(habits, world.facts(day), number);
      return sum;
    },
  };
}
