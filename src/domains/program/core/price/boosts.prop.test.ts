import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY_MS, formatDay, parseDay } from "#kernel/time.ts";
import type { ProgrammeFile } from "../document/schema.ts";
import { NOON, type ProgrammeParts, programmeOf } from "../test-builders.ts";
import type { MemberStanding, Receipt, Trait } from "../types.ts";
import { price } from "./price.ts";

/** A boost's rule as the test knows it, without the words of the file. */
type Boost = {
  readonly id: string;
  readonly partners: readonly string[];
  readonly categories: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly percentBp: number;
  readonly perDay: number;
  readonly inAll: number | undefined;
};

const STORES: Readonly<Record<string, string>> = { alfa: "alfa-1", beta: "beta-1", gamma: "gamma-1" };
/** Each category with what stands above it. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  food: ["food"],
  dairy: ["dairy", "food"],
  cheese: ["cheese", "dairy", "food"],
  bread: ["bread", "food"],
  wine: ["wine"],
  phone: ["phone"],
};
const TODAY = parseDay("2026-01-15") as number;
const DAYS = { min: TODAY - 3, max: TODAY + 3 };
const MOSCOW_MS = 3 * 3_600_000;

const boost = (id: string): fc.Arbitrary<Boost> =>
  fc
    .record({
      partners: fc.subarray(Object.keys(STORES), { minLength: 1 }),
      categories: fc.subarray(Object.keys(ABOVE), { minLength: 1, maxLength: 3 }),
      from: fc.integer(DAYS),
      days: fc.integer({ min: 0, max: 4 }),
      percentBp: fc.integer({ min: 1, max: 20_000 }),
      perDay: fc.integer({ min: 100, max: 200_000 }),
      inAll: fc.option(fc.integer({ min: 100, max: 300_000 }), { nil: undefined }),
    })
    .map(({ days, ...rest }) => ({ id, until: rest.from + days, ...rest }));

const boosts = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => boost(`b${i}`))));

const hundredths = (value: number) => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}`;

function programmeWith(all: readonly Boost[]): ProgrammeParts {
  const rules: ProgrammeFile["rules"] = {};
  const caps: NonNullable<ProgrammeFile["caps"]> = {};
  const names: NonNullable<ProgrammeFile["boosts"]> = {};
  for (const { id, partners, categories, from, until, percentBp, perDay, inAll } of all) {
    names[id] = { name: id };
    caps[`${id}-day`] = { name: "day", per: "day", limit: `${hundredths(perDay)} points` };
    if (inAll !== undefined) caps[`${id}-all`] = { name: "all", per: "member", limit: `${hundredths(inAll)} points` };
    rules[id] = {
      name: id,
      when: {
        ...{ partner: [...partners], category: [...categories], boost: id },
        ...{ from: formatDay(from), until: formatDay(until) },
      },
      earn: `${hundredths(percentBp)}%`,
      funders: "op",
      caps: [`${id}-day`, ...(inAll === undefined ? [] : [`${id}-all`])],
    };
  }
  return { boosts: names, rules, caps };
}

const at = fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }).map((offset) => NOON + offset);
const held = (count: number) =>
  fc.array(
    fc.record({
      boost: fc.integer({ min: 0, max: count - 1 }),
      fromAt: at,
      lasts: fc.option(fc.integer({ min: 0, max: 3 * DAY_MS }), { nil: undefined }),
    }),
    { maxLength: 12 },
  );
const receipts = fc.array(
  fc.record({
    partner: fc.constantFrom(...Object.keys(STORES)),
    at,
    lines: fc.array(
      fc.record({
        category: fc.constantFrom(...Object.keys(ABOVE)),
        amountKopecks: fc.integer({ min: 0, max: 500_000 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

function fits({ partners, from, until }: Boost, receipt: Receipt, traits: readonly Trait[], id: string): boolean {
  const day = Math.floor((receipt.at + MOSCOW_MS) / DAY_MS);
  const isHeld = traits.some(
    (trait) =>
      trait.key === id && trait.fromAt <= receipt.at && (trait.untilAt === undefined || receipt.at < trait.untilAt),
  );
  return isHeld && partners.includes(receipt.partner) && from <= day && day <= until;
}

const isOf = (boost: Boost, category: string) =>
  (ABOVE[category] ?? []).some((above) => boost.categories.includes(above));

test("a boost never applies outside its window, partner, category or cap, and applies wherever it should", () => {
  let given = 0;
  let applied = 0;
  fc.assert(
    fc.property(
      boosts.chain((all) => fc.tuple(fc.constant(all), held(all.length), receipts)),
      ([all, holding, asked]) => {
        const programme = programmeOf(programmeWith(all));
        const traits = holding.map(({ boost: i, fromAt, lasts }): Trait => {
          const until = lasts === undefined ? {} : { untilAt: fromAt + lasts };
          return { kind: "boost", key: `b${i}`, fromAt, ...until };
        });
        const capUse = new Map<string, number>();
        for (const one of asked) {
          const { partner } = one;
          const receipt: Receipt = {
            ...{ ...one, store: STORES[partner] as string, till: "1", number: "1" },
            ...{ deliveryFeeKopecks: 0, tenders: [], spendCents: 0 },
          };
          const standing: MemberStanding = { traits, capUse, firstPurchaseAt: new Map(), activeCents: 0 };
          const priced = price(receipt, standing, programme);
          assert.ok(priced.ok);
          const byRule = new Map(priced.value.rules.map((rule) => [rule.rule, rule]));
          assert.equal(byRule.size, priced.value.rules.length, "each rule once");
          for (const each of all) {
            const applies = fits(each, receipt, traits, each.id);
            const base = receipt.lines.reduce(
              (sum, line) => sum + (isOf(each, line.category) ? line.amountKopecks : 0),
              0,
            );
            const result = byRule.get(each.id);
            const uncapped = applies ? Math.floor((base * each.percentBp) / 10_000) : 0;
            assert.equal(result?.uncappedCents ?? 0, uncapped, `${each.id} before its caps`);
            if (applies) applied++;
            if (result && result.pointsCents > 0) given++;
            if (result) assert.equal(result.baseKopecks, base, "only the lines of its categories");
          }
          assertLines(all, receipt, priced.value.earned, byRule);
          for (const { key, amount } of priced.value.capUse) capUse.set(key, (capUse.get(key) ?? 0) + amount);
          for (const each of all) {
            for (const [key, used] of capUse) {
              if (key.startsWith(`c:${each.id}-day|`)) assert.ok(used <= each.perDay, `${key}: ${used}`);
              if (key === `c:${each.id}-all|all`) assert.ok(used <= (each.inAll ?? 0), `${key}: ${used}`);
            }
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(
    given > 100 && applied > given,
    `${given} boosts gave, ${applied} applied: the property looked at something`,
  );
});

/** A line that no boost which gave picks has earned nothing, and all that was given was earned by lines. */
function assertLines(
  all: readonly Boost[],
  receipt: Receipt,
  earned: readonly { readonly lineCents: readonly (readonly number[])[] }[],
  byRule: ReadonlyMap<string, { readonly pointsCents: number }>,
): void {
  const giving = all.filter(({ id }) => (byRule.get(id)?.pointsCents ?? 0) > 0);
  let sum = 0;
  receipt.lines.forEach((line, i) => {
    const cents = earned.reduce((total, { lineCents }) => total + (lineCents[i] ?? []).reduce((a, b) => a + b, 0), 0);
    if (!giving.some((each) => isOf(each, line.category))) assert.equal(cents, 0, `line ${i} earned nothing`);
    sum += cents;
  });
  assert.equal(
    sum,
    [...byRule.values()].reduce((total, { pointsCents }) => total + pointsCents, 0),
  );
}
