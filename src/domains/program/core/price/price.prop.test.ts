import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { canonicalJson } from "../document/canonical.ts";
import type { ProgrammeFile } from "../document/schema.ts";
import { documentOf, NOON, type ProgrammeParts, programmeOf } from "../test-builders.ts";
import type { MemberStanding, Priced, Receipt, Trait } from "../types.ts";
import { price } from "./price.ts";
import { splitInto } from "./split.ts";

type Rule = ProgrammeFile["rules"][string];
type Cap = NonNullable<ProgrammeFile["caps"]>[string];

const CATEGORIES = ["food", "dairy", "cheese", "bread", "wine", "phone"];
const CAPS = ["cap-receipt", "cap-day", "cap-month", "cap-times"];

const percent = fc
  .integer({ min: 1, max: 30_000 })
  .map((bp) => `${Math.floor(bp / 100)}.${String(bp % 100).padStart(2, "0")}%`);
const points = fc
  .integer({ min: 1, max: 100_000 })
  .map((c) => `${Math.floor(c / 100)}.${String(c % 100).padStart(2, "0")} points`);

const when = fc.record(
  {
    category: fc.subarray(CATEGORIES, { minLength: 1 }),
    exceptCategory: fc.constantFrom(...CATEGORIES),
    favourite: fc.constant(true as const),
    level: fc.constantFrom("low", "high"),
    boost: fc.constant("card"),
    pointsSpent: fc.constantFrom("none" as const, "some" as const),
    not: fc.record({ category: fc.constantFrom(...CATEGORIES) }),
  },
  { requiredKeys: [] },
);

const funders = fc.oneof(
  fc.constantFrom("alfa", "beta", "gamma", "op", "seller"),
  fc.subarray(["alfa", "beta", "op", "seller"], { minLength: 1 }),
  fc
    .subarray(["alfa", "beta", "gamma", "op", "seller"], { minLength: 1 })
    .chain((ids) =>
      fc
        .array(fc.integer({ min: 1, max: 9 }), { minLength: ids.length, maxLength: ids.length })
        .map((parts) => Object.fromEntries(ids.map((id, i) => [id, parts[i] ?? 1]))),
    ),
);

const earn = fc.oneof(
  { weight: 4, arbitrary: percent },
  { weight: 1, arbitrary: fc.constant({ percent: "favourite" }) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.constantFrom(...CATEGORIES), percent, { minKeys: 1 })
      .map((rates) => ({ percent: rates })),
  },
  { weight: 1, arbitrary: points },
  { weight: 1, arbitrary: points.map((each) => ({ points: each, forEach: "7.77 RUB" })) },
  { weight: 1, arbitrary: fc.constantFrom("1.5x", "10x") },
);

const lot = fc.constantFrom<Pick<Rule, "activation" | "expiry">>(
  {},
  { activation: "3 days" },
  { expiry: { after: "30 days" } },
);

const isMultiplier = (of: unknown) => typeof of === "string" && of.endsWith("x");

const rule: fc.Arbitrary<Rule> = fc
  .record({
    when,
    earn,
    funders,
    priority: fc.integer({ min: -2, max: 2 }),
    caps: fc.subarray(CAPS),
    group: fc.option(fc.constantFrom("per-receipt", "per-line"), { nil: undefined }),
    rounding: fc.option(fc.constantFrom("down", "half-up", "up"), { nil: undefined }),
    lot,
  })
  .map(({ lot: times, caps, group, rounding, ...rest }) => {
    const details = typeof rest.earn === "string" && !rest.earn.endsWith("%") ? "other" : "percent";
    const isFixed = details === "other" || (typeof rest.earn === "object" && "points" in rest.earn);
    const allowed =
      group === undefined || isMultiplier(rest.earn) || (group === "per-line" && isFixed) ? {} : { group };
    const named = caps.length > 0 ? { caps } : {};
    const rounded = rounding === undefined ? {} : { rounding: { mode: rounding } };
    return { name: "rule", ...rest, ...times, ...named, ...allowed, ...rounded } as Rule;
  });

const caps = fc
  .record({
    receipt: fc.integer({ min: 1, max: 500 }),
    day: fc.integer({ min: 1, max: 500 }),
    month: fc.integer({ min: 1, max: 500 }),
    policy: fc.constantFrom("pro-rata" as const, "last-first" as const),
  })
  .map(({ receipt, day, month, policy }): Record<string, Cap> => {
    const all = { name: "cap", appliesTo: "all" } as const;
    return {
      "cap-all": { ...all, per: "receipt", limit: `${receipt * 3} points`, policy },
      "cap-receipt": { ...all, per: "receipt", limit: `${receipt} points`, policy },
      "cap-day": { ...all, per: "day", limit: `${day} points`, policy },
      "cap-month": { ...all, per: "month", limit: `${month} points` },
      "cap-times": { ...all, per: "week", limit: "2 times" },
    };
  })
  .map((all) => ({ ...all, ...Object.fromEntries(CAPS.map((id) => [id, withoutAll(all[id] as Cap)])) }));

function withoutAll({ appliesTo: _, ...cap }: Cap): Cap {
  return cap;
}

/** Caps and groups that no rule uses are errors of a file, so they are left out. */
const programme: fc.Arbitrary<ProgrammeParts> = fc
  .record({ rules: fc.array(rule, { minLength: 1, maxLength: 12 }), caps, share: fc.constantFrom("100%", "50%") })
  .map(({ rules, caps: all, share }) => {
    const used = new Set(rules.flatMap((each) => each.caps ?? []));
    const groups = new Set(rules.map((each) => each.group));
    const choose = { "per-receipt": "most-points", "per-line": "highest-priority" } as const;
    return {
      levels: { low: { name: "Low", rank: 1, favourites: 1 }, high: { name: "High", rank: 2, favourites: 2 } },
      boosts: { card: { name: "Card" } },
      favourites: { always: { dairy: "12%", bread: "20%" } },
      rules: Object.fromEntries(rules.map((each, i) => [`rule-${i}`, each])),
      caps: Object.fromEntries(Object.entries(all).filter(([id]) => id === "cap-all" || used.has(id))),
      stacking: Object.fromEntries(
        (["per-receipt", "per-line"] as const)
          .filter((id) => groups.has(id))
          .map((id) => [id, { choose: choose[id], per: id === "per-line" ? "line" : "receipt" }]),
      ),
      spending: { anywhere: { largestShare: share, when: { exceptCategory: "wine" } } },
    };
  });

const receipt: fc.Arbitrary<Receipt> = fc
  .record({
    partner: fc.constantFrom("alfa", "beta", "gamma"),
    lines: fc.array(
      fc.record({
        category: fc.constantFrom(...CATEGORIES),
        amountKopecks: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1_000_000 })),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    spend: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  })
  .map(({ partner, lines, spend }) => ({
    partner,
    store: `${partner}-1`,
    till: "1",
    number: "1",
    at: NOON,
    lines,
    deliveryFeeKopecks: 0,
    tenders: [],
    spendCents: Math.floor(lines.reduce((sum, line) => sum + line.amountKopecks, 0) * spend),
  }));

const traits: fc.Arbitrary<Trait[]> = fc.subarray<Trait>([
  { kind: "level", key: "high", fromAt: 0 },
  { kind: "favourite", key: "dairy", fromAt: 0 },
  { kind: "favourite", key: "bread", fromAt: 0 },
  { kind: "boost", key: "card", fromAt: 0 },
]);

const standing: fc.Arbitrary<MemberStanding> = fc
  .record({ traits, day: fc.integer({ min: 0, max: 60_000 }), times: fc.integer({ min: 0, max: 3 }) })
  .map(({ traits: all, day, times }) => ({
    traits: all,
    capUse: new Map([
      ["c:cap-day|20468", day],
      ["c:cap-times|w2924", times],
    ]),
    firstPurchaseAt: new Map(),
    activeCents: 1_000_000_000,
  }));

/** Prices a random receipt; a spend that is too large is cut to what is allowed, and then must be accepted. */
function priceAllowed(
  asked: Receipt,
  member: MemberStanding,
  parts: ProgrammeParts,
): { priced: Priced; receipt: Receipt } {
  const compiled = programmeOf(parts);
  const first = price(asked, member, compiled);
  if (first.ok) return { priced: first.value, receipt: asked };
  assert.ok("spendableCents" in first.failure, JSON.stringify(first.failure));
  const receiptAllowed = { ...asked, spendCents: first.failure.spendableCents };
  const second = price(receiptAllowed, member, compiled);
  assert.ok(second.ok, "what was said to be allowed is accepted");
  return { priced: second.value, receipt: receiptAllowed };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const RUNS = { numRuns: 150 };

test("property: sums are exact, nothing is negative, attribution sums to parts", () => {
  fc.assert(
    fc.property(programme, receipt, standing, (parts, asked, member) => {
      const { priced, receipt: of } = priceAllowed(asked, member, parts);
      const byPart = priced.earned.map((part) => sum(part.amountCents));
      assert.equal(sum(byPart), priced.earnedCents);
      assert.equal(sum(priced.rules.map((each) => each.pointsCents)), priced.earnedCents);
      for (const part of priced.earned) {
        assert.deepEqual([...part.funders].sort(), part.funders);
        assert.equal(part.lineCents.length, of.lines.length);
        part.amountCents.forEach((amount, f) => {
          assert.ok(Number.isSafeInteger(amount) && amount > 0);
          assert.equal(sum(part.lineCents.map((line) => line[f] as number)), amount);
        });
        for (const line of part.lineCents)
          for (const cents of line) assert.ok(Number.isSafeInteger(cents) && cents >= 0);
      }
      for (const each of priced.rules) assert.ok(each.pointsCents >= 0 && each.pointsCents <= each.uncappedCents);
    }),
    RUNS,
  );
});

test("property: points spent lie on lines that take them, no line pays more than it costs", () => {
  fc.assert(
    fc.property(programme, receipt, standing, (parts, asked, member) => {
      const { priced, receipt: of } = priceAllowed(asked, member, parts);
      assert.equal(sum(priced.spentByLineCents), of.spendCents);
      priced.spentByLineCents.forEach((cents, i) => {
        const line = of.lines[i];
        assert.ok(cents >= 0 && cents <= (line?.amountKopecks ?? 0));
        if (line?.category === "wine") assert.equal(cents, 0);
      });
      assert.ok(of.spendCents <= priced.spendableCents);
    }),
    RUNS,
  );
});

test("property: no cap is ever passed, and its use is what its rules gave", () => {
  fc.assert(
    fc.property(programme, receipt, standing, (parts, asked, member) => {
      const { priced } = priceAllowed(asked, member, parts);
      for (const [id, cap] of Object.entries(parts.caps ?? {})) {
        const under = priced.rules.filter((each) => {
          const named = parts.rules?.[each.rule]?.caps ?? [];
          return cap.appliesTo === "all" || named.includes(id);
        });
        const given = sum(under.map((each) => each.pointsCents));
        const use = priced.capUse.find(({ key }) => key.startsWith(`c:${id}|`));
        const before = use ? (member.capUse.get(use.key) ?? 0) : 0;
        if (cap.limit.endsWith("times")) {
          assert.equal(use?.amount ?? 0, given > 0 ? 1 : 0);
          assert.ok(before + (use?.amount ?? 0) <= 2);
        } else {
          if (cap.per !== "receipt") assert.equal(use?.amount ?? 0, given);
          assert.ok(given === 0 || before + given <= Number.parseInt(cap.limit, 10) * 100);
        }
      }
    }),
    RUNS,
  );
});

test("property: the order of the file does not matter, and the same receipt is priced the same", () => {
  const shuffled = programme.chain((parts) =>
    fc.tuple(
      fc.constant(parts),
      fc.shuffledSubarray(Object.entries(parts.rules ?? {}), { minLength: Object.keys(parts.rules ?? {}).length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, receipt, standing, ([parts, rules], asked, member) => {
      const { priced } = priceAllowed(asked, member, parts);
      const other = { ...parts, rules: Object.fromEntries(rules) };
      assert.deepEqual(priceAllowed(asked, member, other).priced, priced);
      assert.equal(canonicalJson(documentOf(other)), canonicalJson(documentOf(parts)));
    }),
    RUNS,
  );
});

test("property: a rule by itself gives the rounded percentage of the money part, by another arithmetic", () => {
  const arbitrary = fc.record({
    bp: fc.integer({ min: 1, max: 100_000 }),
    mode: fc.constantFrom("down", "half-up", "up"),
  });
  fc.assert(
    fc.property(arbitrary, receipt, standing, ({ bp, mode }, asked, member) => {
      const rules = { base: { name: "base", earn: `${bp / 100}%`, funders: "op", rounding: { mode } } as Rule };
      const { priced, receipt: of } = priceAllowed(asked, member, { rules });
      const money = sum(of.lines.map((line, i) => line.amountKopecks - (priced.spentByLineCents[i] ?? 0)));
      const exact = BigInt(money) * BigInt(bp);
      const up = { down: 0n, "half-up": 5_000n, up: 9_999n }[mode] as bigint;
      assert.equal(priced.earnedCents, Number((exact + up) / 10_000n));
    }),
    RUNS,
  );
});

test("property: the split without allocation is the kernel's", () => {
  const sizes = { minLength: 1, maxLength: 5 };
  const weights = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 4 }), sizes),
    fc.array(fc.integer({ min: 0, max: 100_000 }), sizes),
    fc.array(fc.integer({ min: 0, max: 1_000_000_000_000 }), { minLength: 1, maxLength: 80 }),
  );
  const totals = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 1e6 }),
    fc.integer({ min: 0, max: 1e14 }),
  );
  fc.assert(
    fc.property(totals, weights, (total, list) => {
      fc.pre(list.some((weight) => weight > 0));
      const out = new Float64Array(list.length + 2);
      splitInto(total, Float64Array.from([0, ...list]), 1, list.length, out, 2);
      assert.deepEqual([...out.subarray(2)], splitByLargestRemainder(total, list));
    }),
    { numRuns: 5_000 },
  );
});
