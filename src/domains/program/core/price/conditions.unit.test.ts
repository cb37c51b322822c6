import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProgrammeFile } from "../document/schema.ts";
import { type Line, NOON, pointsByRule, priceOk, programmeOf, receiptOf, standingOf, trait } from "../test-builders.ts";
import type { MemberStanding, Receipt } from "../types.ts";

type When = NonNullable<ProgrammeFile["rules"][string]["when"]>;
type Case = {
  readonly says: string;
  readonly when: When;
  readonly lines?: readonly Line[];
  readonly receipt?: Partial<Receipt>;
  readonly standing?: Partial<MemberStanding>;
  /** Roubles that the rule looks at: it gives as many points at 100 %. */
  readonly base: number;
};

const at = (time: string) => ({ at: Date.parse(time) });
const GROCERIES: readonly Line[] = [
  ["cheese", 100],
  ["bread", 20],
  ["wine", 3],
];

const CASES: readonly Case[] = [
  { says: "without conditions all lines count", when: {}, base: 123 },
  { says: "a rule of another partner gives nothing", when: { partner: "beta" }, base: 0 },
  { says: "one of several partners is enough", when: { partner: ["beta", "alfa"] }, base: 123 },
  { says: "a brand of the same partner is told apart", when: { brand: "alfa-go" }, base: 0 },
  { says: "a store is told apart from its brand's others", when: { store: "alfa-far" }, base: 0 },
  { says: "a city is that of the store", when: { city: "moscow" }, base: 123 },
  { says: "partner and city both must fit", when: { partner: "alfa", city: "vladivostok" }, base: 0 },
  { says: "a category holds for what lies under it", when: { category: "dairy" }, base: 100 },
  { says: "a category holds for what lies deep under it", when: { category: "food" }, base: 120 },
  { says: "an exception takes its lines out", when: { exceptCategory: ["wine", "dairy"] }, base: 20 },
  { says: "a category with an exception under it", when: { category: "food", exceptCategory: "cheese" }, base: 20 },
  { says: "the receipt's channel counts", when: { channel: "online" }, receipt: { channel: "online" }, base: 123 },
  { says: "else the store's channel", when: { channel: "online" }, receipt: { store: "alfa-web" }, base: 123 },
  { says: "15 January 2026 is a Thursday", when: { weekday: "thu" }, base: 123 },
  { says: "and no Friday", when: { weekday: ["fri", "sat"] }, base: 0 },
  { says: "hours begin at their start", when: { hours: "12:00-13:00" }, base: 123 },
  { says: "and end before their end", when: { hours: "11:00-12:00" }, base: 0 },
  {
    says: "hours that wrap hold after midnight",
    when: { hours: "22:00-06:00" },
    receipt: at("2026-01-15T05:59:00+03:00"),
    base: 123,
  },
  {
    says: "hours are those of the store's clock: noon in Moscow is 19:00 in Vladivostok",
    when: { hours: "19:00-20:00" },
    receipt: { store: "alfa-far" },
    base: 123,
  },
  {
    says: "unless the programme's clock is asked for",
    when: { hours: "12:00-13:00", zone: "programme" },
    receipt: { store: "alfa-far" },
    base: 123,
  },
  {
    says: "weekdays too are the store's: Thursday night in Moscow is Friday in Vladivostok",
    when: { weekday: "fri" },
    receipt: { store: "alfa-far", ...at("2026-01-15T20:00:00+03:00") },
    base: 123,
  },
  { says: "from a day on", when: { from: "2026-01-16" }, base: 0 },
  {
    says: "through a day, to its last moment",
    when: { until: "2026-01-15" },
    receipt: at("2026-01-15T23:59:59.999+03:00"),
    base: 123,
  },
  { says: "and not after it", when: { until: "2026-01-15" }, receipt: at("2026-01-16T00:00:00+03:00"), base: 0 },
  { says: "the receipt's amount reaches the least", when: { receiptAmount: { atLeast: "123 RUB" } }, base: 123 },
  { says: "or stays below", when: { receiptAmount: { below: "123 RUB" } }, base: 0 },
  {
    says: "the eligible amount is that of the lines that fit",
    when: { category: "bread", eligibleAmount: { atLeast: "20.01 RUB" } },
    base: 0,
  },
  {
    says: "the eligible amount is money: points are off",
    when: { eligibleAmount: { below: "100 RUB" } },
    receipt: { spendCents: 2_301 },
    base: 99.99,
  },
  { says: "who has no level has the lowest", when: { level: "low" }, base: 123 },
  { says: "a level is a trait", when: { level: "high" }, standing: { traits: [trait("level", "high")] }, base: 123 },
  {
    says: "of several levels the highest counts",
    when: { level: "low" },
    standing: { traits: [trait("level", "high"), trait("level", "low")] },
    base: 0,
  },
  {
    says: "a level that has ended does not count",
    when: { level: "high" },
    standing: { traits: [trait("level", "high", { untilAt: NOON })] },
    base: 0,
  },
  {
    says: "a boost that begins now counts",
    when: { boost: "card" },
    standing: { traits: [trait("boost", "card", { fromAt: NOON })] },
    base: 123,
  },
  { says: "a segment is asked for by its key", when: { segment: ["young", "old"] }, base: 0 },
  {
    says: "one of several segments is enough",
    when: { segment: ["young", "old"] },
    standing: { traits: [trait("segment", "old")] },
    base: 123,
  },
  {
    says: "favourites pick their lines, and those under them",
    when: { favourite: true },
    standing: { traits: [trait("favourite", "dairy")] },
    base: 100,
  },
  { says: "without favourites there are none", when: { favourite: true }, base: 0 },
  { says: "a first purchase at the partner", when: { firstPurchase: "partner" }, base: 123 },
  {
    says: "is none when one is known",
    when: { firstPurchase: "partner" },
    standing: { firstPurchaseAt: new Map([["alfa", 1]]) },
    base: 0,
  },
  {
    says: "another partner's does not matter, but for the whole programme",
    when: { firstPurchase: "programme" },
    standing: { firstPurchaseAt: new Map([["beta", 1]]) },
    base: 0,
  },
  {
    says: "a tender of the kind",
    when: { tender: "cash" },
    receipt: { tenders: [{ kind: "cash", amountKopecks: 12_300 }] },
    base: 123,
  },
  {
    says: "a card of another bank is no card of this one",
    when: { tender: "card", bank: "gamma" },
    receipt: {
      tenders: [
        { kind: "card", amountKopecks: 12_000, bank: "delta" },
        { kind: "cash", amountKopecks: 300, bank: "gamma" },
      ],
    },
    base: 0,
  },
  { says: "points are spent", when: { pointsSpent: "some" }, receipt: { spendCents: 300 }, base: 120 },
  { says: "no points are spent", when: { pointsSpent: "none" }, receipt: { spendCents: 300 }, base: 0 },
  { says: "what is excluded", when: { not: { category: "food" } }, base: 3 },
  { says: "an exclusion of the whole receipt", when: { not: { weekday: "thu" } }, base: 0 },
  {
    says: "any of several sets, line by line",
    when: { anyOf: [{ category: "wine" }, { category: "bread", weekday: "thu" }, { weekday: "fri" }] },
    base: 23,
  },
];

for (const { says, when, lines, receipt, standing, base } of CASES) {
  test(`condition: ${says}`, () => {
    const programme = programmeOf({
      levels: { low: { name: "Low", rank: 1, favourites: 1 }, high: { name: "High", rank: 2, favourites: 3 } },
      boosts: { card: { name: "Card" } },
      favourites: { always: { dairy: "10%" } },
      rules: { rule: { name: "rule", when, earn: "100%", funders: "op" } },
    });
    const priced = priceOk(receiptOf(lines ?? GROCERIES, receipt), programme, standingOf(standing));
    assert.deepEqual(pointsByRule(priced), base === 0 ? {} : { rule: base });
  });
}
