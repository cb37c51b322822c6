import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NOON, type ProgrammeParts, programmeOf, receiptOf, standingOf } from "../test-builders.ts";
import type { Trait } from "../types.ts";
import { price } from "./price.ts";

/** Above each category, itself first, as the builders' programme has them. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  food: ["food"],
  dairy: ["dairy", "food"],
  cheese: ["cheese", "dairy", "food"],
  bread: ["bread", "food"],
  wine: ["wine"],
};
const CATEGORIES = Object.keys(ABOVE);
/** By rank. Ids sort the other way, so that one can't stand for the other. */
const LEVELS = ["z-low", "m-mid", "a-high"];

const percent = fc.integer({ min: 1, max: 2_000 }).map((bp) => `${bp / 100}%`);
const byLevel = fc.dictionary(fc.constantFrom(...LEVELS), percent, { minKeys: 1 });
const offered = fc.dictionary(fc.constantFrom(...CATEGORIES), fc.oneof(percent, byLevel));
const lists = fc.record({ always: offered, january: fc.option(offered, { nil: undefined }) });

/** Some minutes around noon: receipts and the ends of what members hold meet at the same moments. */
const moment = fc.integer({ min: -3, max: 3 }).map((minutes) => NOON + minutes * 60_000);
const held = (kind: Trait["kind"], keys: readonly string[]) =>
  fc
    .record({ key: fc.constantFrom(...keys), fromAt: moment, untilAt: fc.option(moment, { nil: undefined }) })
    .map(({ untilAt, ...rest }): Trait => ({ kind, ...rest, ...(untilAt === undefined ? {} : { untilAt }) }));
const traits = fc.array(fc.oneof(held("favourite", CATEGORIES), held("level", LEVELS)), { maxLength: 8 });
const lines = fc.array(
  fc.record({ category: fc.constantFrom(...CATEGORIES), amountKopecks: fc.integer({ min: 1, max: 500_000 }) }),
  { minLength: 1, maxLength: 5 },
);

type Offered = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** What the list gives a level for a category, read as the format's description says it. */
function bpFor(list: Offered, category: string, rank: number): number {
  const said = list[category];
  if (said === undefined) return 0;
  if (typeof said === "string") return Math.round(Number.parseFloat(said) * 100);
  for (let below = rank; below >= 0; below--) {
    const own = said[LEVELS[below] as string];
    if (own !== undefined) return Math.round(Number.parseFloat(own) * 100);
  }
  return 0;
}

test("property: each line earns the best of its favourites, by the list of its month and the level of its moment", () => {
  fc.assert(
    fc.property(lists, traits, lines, moment, ({ always, january }, all, bought, at) => {
      const parts: ProgrammeParts = {
        levels: Object.fromEntries(LEVELS.map((id, i) => [id, { name: id, rank: i + 1, favourites: 3 }])),
        favourites: { always, ...(january === undefined ? {} : { months: { "2026-01": january } }) },
        rules: { liked: { name: "liked", earn: { percent: "favourite" }, funders: "op" } },
      };
      const now = all.filter(({ fromAt, untilAt }) => fromAt <= at && (untilAt === undefined || at < untilAt));
      const rank = Math.max(0, ...now.filter(({ kind }) => kind === "level").map(({ key }) => LEVELS.indexOf(key)));
      const liked = new Set(now.filter(({ kind }) => kind === "favourite").map(({ key }) => key));
      const best = bought.map(({ category }) =>
        Math.max(
          0,
          ...(ABOVE[category] ?? [])
            .filter((each) => liked.has(each))
            .map((each) => bpFor(january ?? always, each, rank)),
        ),
      );
      const exact = bought.reduce(
        (sum, { amountKopecks }, i) => sum + BigInt(amountKopecks) * BigInt(best[i] ?? 0),
        0n,
      );
      const receipt = { ...receiptOf([], { at }), lines: bought };
      const priced = price(receipt, standingOf({ traits: all }), programmeOf(parts));
      assert.ok(priced.ok);
      assert.equal(priced.value.earnedCents, Number(exact / 10_000n));
      for (const rule of priced.value.rules) {
        const told = rule.rateBp === undefined ? (rule.ratesBp ?? []) : [rule.rateBp];
        assert.deepEqual(
          told,
          [...new Set(best.filter((bp) => bp > 0))].sort((a, b) => a - b),
        );
        if (rule.level !== undefined) assert.equal(rule.level, LEVELS[rank]);
      }
    }),
    { numRuns: 500 },
  );
});
