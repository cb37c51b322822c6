import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProgrammeParts } from "../test-builders.ts";
import {
  type Line,
  pointsByFunder,
  pointsByRule,
  priceOk,
  programmeOf,
  receiptOf,
  standingOf,
  trait,
} from "../test-builders.ts";
import type { MemberStanding, Receipt } from "../types.ts";

type Case = {
  readonly says: string;
  readonly programme: ProgrammeParts;
  readonly lines: readonly Line[];
  readonly receipt?: Partial<Receipt>;
  readonly standing?: Partial<MemberStanding>;
  readonly points: Record<string, number>;
};

const favourite = (key: string) => trait("favourite", key);
const base = { name: "base", earn: "1%", funders: "alfa" } as const;

const CASES: readonly Case[] = [
  {
    says: "a percentage is rounded once on the whole base, not by line",
    programme: { rules: { base } },
    lines: [
      ["food", 0.5],
      ["food", 0.5],
    ],
    points: { base: 0.01 },
  },
  {
    says: "rounding down leaves fractions of a hundredth",
    programme: { rules: { base } },
    lines: [["food", 1.99]],
    points: { base: 0.01 },
  },
  {
    says: "rounding half up",
    programme: { rules: { base }, rounding: { mode: "half-up" } },
    lines: [["food", 1.5]],
    points: { base: 0.02 },
  },
  {
    says: "rounding up",
    programme: { rules: { base: { ...base, rounding: { mode: "up" } } } },
    lines: [["food", 1.01]],
    points: { base: 0.02 },
  },
  {
    says: "whole points, down",
    programme: { rules: { base }, rounding: { mode: "down", to: "1 point" } },
    lines: [["food", 199.99]],
    points: { base: 1 },
  },
  {
    says: "whole points, half up: a hair below half is down",
    programme: { rules: { base }, rounding: { mode: "half-up", to: "1 point" } },
    lines: [["food", 149.99]],
    points: { base: 1 },
  },
  {
    says: "whole points, up: any fraction is a point",
    programme: { rules: { base }, rounding: { mode: "up", to: "1 point" } },
    lines: [["food", 100.01]],
    points: { base: 2 },
  },
  {
    says: "more than the price is nothing special",
    programme: {
      rules: {
        base,
        mission: { name: "m", earn: "86%", funders: "op" },
        card: { name: "c", earn: "70%", funders: "op" },
      },
    },
    lines: [["food", 100]],
    points: { base: 1, mission: 86, card: 70 },
  },
  {
    says: "percentages by category: the nearest up the tree counts",
    programme: {
      rules: { base: { ...base, earn: { percent: { food: "1%", dairy: "10%" } } } },
    },
    lines: [
      ["cheese", 100],
      ["bread", 100],
      ["wine", 100],
    ],
    points: { base: 11 },
  },
  {
    says: "favourites earn by the list",
    programme: {
      favourites: { always: { dairy: "10%", bread: "20%" } },
      rules: { base: { ...base, earn: { percent: "favourite" } } },
    },
    lines: [
      ["cheese", 100],
      ["bread", 100],
    ],
    standing: { traits: [favourite("dairy")] },
    points: { base: 10 },
  },
  {
    says: "a month's own list of favourites replaces the usual one",
    programme: {
      favourites: { always: { dairy: "10%", bread: "20%" }, months: { "2026-01": { bread: "15%" } } },
      rules: { base: { ...base, earn: { percent: "favourite" } } },
    },
    lines: [
      ["dairy", 100],
      ["bread", 100],
    ],
    standing: { traits: [favourite("dairy"), favourite("bread")] },
    points: { base: 15 },
  },
  {
    says: "where two favourites hold for a line the better one counts",
    programme: {
      favourites: { always: { food: "5%", dairy: "10%" } },
      rules: { base: { ...base, earn: { percent: "favourite" } } },
    },
    lines: [
      ["cheese", 100],
      ["bread", 100],
    ],
    standing: { traits: [favourite("dairy"), favourite("food")] },
    points: { base: 15 },
  },
  {
    says: "fixed points come once a receipt",
    programme: { rules: { gift: { name: "gift", earn: "50 points", funders: "op", when: { category: "food" } } } },
    lines: [
      ["bread", 1],
      ["dairy", 1],
    ],
    points: { gift: 50 },
  },
  {
    says: "points for each full sum",
    programme: { rules: { fuel: { name: "fuel", earn: { points: "1 point", forEach: "50 RUB" }, funders: "op" } } },
    lines: [
      ["food", 99.99],
      ["food", 50],
    ],
    points: { fuel: 2 },
  },
  {
    says: "a percentage of what a card paid",
    programme: {
      rules: {
        card: {
          name: "card",
          when: { tender: "card", bank: "gamma" },
          earn: { percent: "1%", paidBy: "tender" },
          funders: "gamma",
        },
      },
    },
    lines: [["food", 1000]],
    receipt: {
      tenders: [
        { kind: "card", amountKopecks: 40_000, bank: "gamma" },
        { kind: "cash", amountKopecks: 60_000 },
      ],
    },
    points: { card: 4 },
  },
  {
    says: "ten times the points adds nine times",
    programme: { rules: { base, ten: { name: "ten", earn: "10x" } } },
    lines: [["food", 123.45]],
    points: { base: 1.23, ten: 11.07 },
  },
  {
    says: "a multiplier of some lines multiplies what those brought",
    programme: { rules: { base, double: { name: "double", earn: "2x", when: { category: "bread" } } } },
    lines: [
      ["bread", 300],
      ["food", 700],
    ],
    points: { base: 10, double: 3 },
  },
  {
    says: "several multipliers add up: 2x and 3x make 4x",
    programme: {
      rules: { base, double: { name: "double", earn: "2x" }, triple: { name: "triple", earn: "3x" } },
    },
    lines: [["food", 100]],
    points: { base: 1, double: 1, triple: 2 },
  },
  {
    says: "a multiplier of a group leaves other rules alone",
    programme: {
      stacking: { basic: { choose: "highest-priority", per: "receipt" } },
      rules: {
        base: { ...base, group: "basic" },
        gift: { name: "gift", earn: "5 points", funders: "op" },
        ten: { name: "ten", earn: { multiply: "10x", of: "basic" } },
      },
    },
    lines: [["food", 100]],
    points: { base: 1, gift: 5, ten: 9 },
  },
  {
    says: "of a group one rule counts per receipt: the first by priority",
    programme: {
      stacking: { one: { choose: "highest-priority", per: "receipt" } },
      rules: { base: { ...base, group: "one", priority: 5 }, big: { ...base, earn: "9%", group: "one" } },
    },
    lines: [["food", 100]],
    points: { base: 1 },
  },
  {
    says: "or that which gives most",
    programme: {
      stacking: { one: { choose: "most-points", per: "receipt" } },
      rules: { base: { ...base, group: "one", priority: 5 }, big: { ...base, earn: "9%", group: "one" } },
    },
    lines: [["food", 100]],
    points: { big: 9 },
  },
  {
    says: "or one per line: each line earns by its better rule",
    programme: {
      stacking: { one: { choose: "most-points", per: "line" } },
      rules: {
        base: { ...base, earn: "3%", group: "one", priority: 5 },
        dairy: { ...base, earn: "9%", group: "one", when: { category: "dairy" } },
      },
    },
    lines: [
      ["cheese", 100],
      ["bread", 100],
    ],
    points: { base: 3, dairy: 9 },
  },
  {
    says: "or one per line by priority",
    programme: {
      stacking: { one: { choose: "highest-priority", per: "line" } },
      rules: {
        base: { ...base, earn: "3%", group: "one", when: { category: "dairy" }, priority: 5 },
        rest: { ...base, earn: "9%", group: "one" },
      },
    },
    lines: [
      ["cheese", 100],
      ["bread", 100],
    ],
    points: { base: 3, rest: 9 },
  },
  {
    says: "a campaign's rule holds in its days only",
    programme: {
      campaigns: { past: { name: "Past", from: "2026-01-01", until: "2026-01-14" } },
      rules: { base, more: { ...base, earn: "5%", campaign: "past" } },
    },
    lines: [["food", 100]],
    points: { base: 1 },
  },
  {
    says: "the delivery fee earns where the programme says so",
    programme: { rules: { base, food: { ...base, when: { category: "food" } } }, receipts: { deliveryFeeEarns: true } },
    lines: [["food", 100]],
    receipt: { deliveryFeeKopecks: 9_900 },
    points: { base: 1.99, food: 1 },
  },
  {
    says: "a line that costs nothing fits no rule",
    programme: { rules: { gift: { name: "gift", earn: "5 points", funders: "op", when: { category: "bread" } } } },
    lines: [
      ["bread", 0],
      ["wine", 100],
    ],
    points: {},
  },
  {
    says: "unless the programme counts such lines, for fixed awards",
    programme: {
      rules: {
        gift: { name: "gift", earn: "5 points", funders: "op", when: { category: "bread" } },
        base: { ...base, when: { category: "bread" } },
      },
      receipts: { zeroAmountLines: "count" },
    },
    lines: [
      ["bread", 0],
      ["wine", 100],
    ],
    points: { gift: 5 },
  },
  {
    says: "fixed points need a money part in the lines that fit, not somewhere on the receipt",
    programme: {
      rules: { gift: { name: "gift", earn: "5 points", funders: "op", when: { category: "bread" } }, base },
      spending: { bread: { largestShare: "100%", when: { category: "bread" } } },
    },
    lines: [
      ["bread", 50],
      ["wine", 100],
    ],
    receipt: { spendCents: 5_000 },
    points: { base: 1 },
  },
  {
    says: "a point worth half a rouble comes in twice the number",
    programme: {
      programme: { id: "t", name: "T", timeZone: "Europe/Moscow", operator: "op", pointValue: "0.50 RUB" },
      rules: { base },
    },
    lines: [["food", 100]],
    points: { base: 2 },
  },
];

for (const { says, programme, lines, receipt, standing, points } of CASES) {
  test(`effect: ${says}`, () => {
    const priced = priceOk(receiptOf(lines, receipt), programmeOf(programme), standingOf(standing));
    assert.deepEqual(pointsByRule(priced), points);
  });
}

test("a rule that its seller pays is paid by the receipt's partner", () => {
  const programme = programmeOf({ rules: { base: { ...base, funders: "seller" } } });
  assert.deepEqual(pointsByFunder(priceOk(receiptOf([["food", 100]]), programme)), { alfa: 1 });
  const atBeta = receiptOf([["food", 100]], { partner: "beta", store: "beta-1" });
  assert.deepEqual(pointsByFunder(priceOk(atBeta, programme)), { beta: 1 });
});

test("a seller who is named too pays both shares", () => {
  const programme = programmeOf({ rules: { base: { ...base, funders: { seller: 1, alfa: 1, op: 2 } } } });
  assert.deepEqual(pointsByFunder(priceOk(receiptOf([["food", 100]]), programme)), { alfa: 0.5, op: 0.5 });
});

test("a multiplier without funders is paid by those of the rule that it multiplies", () => {
  const programme = programmeOf({
    rules: { base: { ...base, funders: ["beta", "op"] }, ten: { name: "ten", earn: "10x" } },
  });
  assert.deepEqual(pointsByFunder(priceOk(receiptOf([["food", 100]]), programme)), { beta: 5, op: 5 });
});

test("points are attributed to the lines that brought them", () => {
  const programme = programmeOf({
    rules: { base, dairy: { ...base, earn: "10%", funders: "beta", when: { category: "dairy" } } },
  });
  const priced = priceOk(
    receiptOf([
      ["cheese", 100],
      ["wine", 50],
    ]),
    programme,
  );
  const [part] = priced.earned;
  assert.deepEqual(part?.funders, ["alfa", "beta"]);
  assert.deepEqual(part?.lineCents, [
    [100, 1_000],
    [50, 0],
  ]);
});

test("a fixed award for a line that costs nothing is attributed, so that a return can take it back", () => {
  const programme = programmeOf({
    rules: { gift: { name: "gift", earn: "5 points", funders: "op", when: { category: "bread" } } },
    receipts: { zeroAmountLines: "count" },
  });
  const priced = priceOk(
    receiptOf([
      ["wine", 100],
      ["bread", 0],
    ]),
    programme,
  );
  const lines = priced.earned[0]?.lineCents.map(([cents]) => cents ?? 0) ?? [];
  assert.equal(lines[0]! + lines[1]!, 500);
});

test("rules of equal life make one lot, others their own", () => {
  const programme = programmeOf({
    lots: { activation: "1 day", expiry: { after: "12 months" } },
    rules: {
      base,
      other: { ...base, funders: "beta", activation: "1 day" },
      promo: { ...base, funders: "beta", expiry: { after: "30 days" } },
    },
  });
  const priced = priceOk(receiptOf([["food", 100]]), programme);
  const at = (text: string) => Date.parse(`${text}T00:00:00+03:00`);
  assert.deepEqual(
    priced.earned.map(({ availableAt, expiresAt, funders }) => ({ availableAt, expiresAt, funders })),
    [
      { availableAt: at("2026-01-16"), expiresAt: at("2027-01-17"), funders: ["alfa", "beta"] },
      { availableAt: at("2026-01-16"), expiresAt: at("2026-02-16"), funders: ["beta"] },
    ],
  );
});
