import fc from "fast-check";
import { DAY_MS, HOUR_MS } from "#kernel/time.ts";

/** People of one history; each has a card. */
export const PEOPLE = 4;

const who = fc.nat(PEOPLE - 1);
const pick = fc.nat(20);
/** What may happen next, in terms that make sense in any state. */
export const peopleCommand = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("buy" as const),
      who,
      roubles: fc.integer({ min: 1, max: 900 }),
      at: fc.nat(2),
      spend: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("return" as const), pick, inPoints: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("hold" as const), who, cents: fc.integer({ min: 1, max: 4_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("end-hold" as const), pick, captures: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("move" as const), who, to: who, cents: fc.integer({ min: 1, max: 6_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("undo" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("merge" as const), who, with: who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("unmerge" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("erase" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(HOUR_MS, DAY_MS, 2 * DAY_MS, 9 * DAY_MS),
    }),
  },
);
export type PeopleCommand = typeof peopleCommand extends fc.Arbitrary<infer C> ? C : never;
