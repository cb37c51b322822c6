import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "#kernel/time.ts";

/** What may happen next, in terms that make sense in any state: picks are taken modulo what there is. */
export type Ask =
  | {
      readonly ask: "receipt";
      readonly member: number;
      readonly partner: number;
      readonly lines: readonly (readonly [category: number, amountKopecks: number])[];
      readonly lateMs: number;
      /** Permille of what could be spent; more than 1,000 asks for too much. */
      readonly spend: number;
      readonly hold: number | null;
    }
  | {
      readonly ask: "return";
      readonly member: number;
      readonly pick: number;
      readonly lines: readonly number[] | "all";
      readonly inPoints: boolean;
      readonly earlyMs: number;
    }
  | {
      readonly ask: "hold";
      readonly member: number;
      readonly partner: number;
      readonly permille: number;
      readonly ttlSeconds: number;
    }
  | { readonly ask: "capture"; readonly member: number; readonly pick: number; readonly permille: number }
  | { readonly ask: "void"; readonly member: number; readonly pick: number }
  | {
      readonly ask: "award";
      readonly member: number;
      readonly funder: number;
      readonly cents: number;
      readonly lifeMs: number | null;
    }
  /** A request of before, as it was or with another body under its key. */
  | { readonly ask: "again"; readonly pick: number; readonly changed: boolean };

export type Command =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "close-month" }
  /** The sweeper books what is due of everybody. */
  | { readonly do: "sweep" }
  /** One request, or several that arrive together; `via` picks one of two checkouts over the same database. */
  | {
      readonly do: "ask";
      readonly asks: readonly {
        readonly via: number;
        readonly what: Ask;
        readonly twin: "none" | "same" | "changed";
      }[];
    };

/** Mostly one member, so that histories grow deep. */
const member = fc.constantFrom(0, 0, 0, 1);
const partner = fc.nat(3);
const permille = fc.oneof(fc.constantFrom(1, 333, 500, 999, 1000, 1001), fc.integer({ min: 1, max: 1000 }));
const mostly = <T>(usual: T, others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const amount = fc.oneof(fc.constantFrom(1, 3, 97, 100, 1_000), fc.integer({ min: 1, max: 30_000 }));
const twin = fc.constantFrom("none", "none", "none", "none", "same", "changed") as fc.Arbitrary<
  "none" | "same" | "changed"
>;

const receipt: fc.Arbitrary<Ask> = fc.record({
  ask: fc.constant("receipt" as const),
  member,
  partner,
  lines: fc.array(fc.tuple(fc.nat(3), amount), { minLength: 1, maxLength: 4 }),
  lateMs: mostly(0, [5 * MINUTE_MS, HOUR_MS, 30 * HOUR_MS, 3 * DAY_MS, 31 * DAY_MS, -5 * MINUTE_MS, -HOUR_MS]),
  spend: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: permille }),
  hold: mostly<number | null>(null, [0, 1, 2, 3]),
});

const giveBack: fc.Arbitrary<Ask> = fc.record({
  ask: fc.constant("return" as const),
  member,
  pick: fc.nat(7),
  lines: fc.oneof(
    { weight: 1, arbitrary: fc.constant("all" as const) },
    { weight: 4, arbitrary: fc.array(fc.constantFrom(0, 70, 333, 500, 1000, 1001), { minLength: 4, maxLength: 4 }) },
  ),
  inPoints: mostly(false, [true]),
  earlyMs: mostly(0, [HOUR_MS, 2 * DAY_MS]),
});

const holdSomething: fc.Arbitrary<Ask> = fc.record({
  ask: fc.constant("hold" as const),
  member,
  partner,
  permille,
  ttlSeconds: mostly(86_400, [1, 600, 3_600, 172_800, 172_801]),
});

const single: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 8, arbitrary: receipt },
  { weight: 8, arbitrary: giveBack },
  { weight: 2, arbitrary: holdSomething },
  { weight: 2, arbitrary: fc.record({ ask: fc.constant("capture" as const), member, pick: fc.nat(3), permille }) },
  { weight: 1, arbitrary: fc.record({ ask: fc.constant("void" as const), member, pick: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ask: fc.constant("award" as const),
      member,
      funder: fc.nat(4),
      cents: amount,
      lifeMs: fc.option(fc.constantFrom(SECOND_MS, HOUR_MS, DAY_MS, 3 * DAY_MS), { nil: null }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ ask: fc.constant("again" as const), pick: fc.nat(30), changed: fc.boolean() }) },
);

const via = fc.nat(1);
const one = fc.record({ via, what: single, twin: fc.constant("none" as const) });
const several = fc.array(fc.record({ via, what: single, twin }), { minLength: 1, maxLength: 2 });

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(SECOND_MS, 10 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, DAY_MS, DAY_MS, 2 * DAY_MS),
    }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("close-month" as const) }) },
  // Looks through all 1,024 buckets, a query each: dear, so rare.
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  { weight: 120, arbitrary: fc.record({ do: fc.constant("ask" as const), asks: fc.tuple(one) }) },
  { weight: 30, arbitrary: fc.record({ do: fc.constant("ask" as const), asks: several }) },
);
