import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMonth } from "#kernel/time.ts";
import { actOf, partnersOfActs } from "./act.ts";
import { canonicalJson, digestOf } from "./canonical.ts";
import { lineId } from "./line.ts";
import { type SettlementInput, settle } from "./settlement.ts";
import type { AccountTotal } from "./totals.ts";

const JANUARY = parseMonth("2026-01") as number;
const FEBRUARY = parseMonth("2026-02") as number;

function total(
  fromAccount: string,
  toAccount: string,
  funder: string,
  cents: number,
  redeemer = "",
  originMonth: number | null = null,
): AccountTotal {
  return { fromAccount, toAccount, funder, redeemer, originMonth, cents };
}

function inputOf(totals: readonly AccountTotal[], more: Partial<SettlementInput> = {}): SettlementInput {
  return {
    month: JANUARY,
    operator: "op",
    totals,
    opening: [],
    fees: [],
    parties: [],
    pointKopecks: 100,
    redemptionBp: 8_000,
    ...more,
  };
}

/** A partner's points, given and spent at another in the same month. */
function spent(funder: string, redeemer: string, cents: number): AccountTotal[] {
  return [total("ob", "ac", funder, cents), total("ac", "re", funder, cents, redeemer)];
}

test("case 17: A owes B 120, B owes C 90, C owes A 50: net A -70, B +30, C +40, gross lines stay", () => {
  const settlement = settle(
    inputOf([...spent("a", "b", 12_000), ...spent("b", "c", 9_000), ...spent("c", "a", 5_000)]),
  );
  assert.deepEqual(
    settlement.positions.map((each) => [each.partner, each.netKopecks]),
    [
      ["a", -7_000],
      ["b", 3_000],
      ["c", 4_000],
    ],
  );
  assert.deepEqual(
    settlement.lines.map((each) => [each.funder, each.redeemer, each.kopecks]),
    [
      ["a", "b", 12_000],
      ["b", "c", 9_000],
      ["c", "a", 5_000],
    ],
  );
  assert.deepEqual(settlement.transfers, [
    { from: "a", to: "b", kopecks: 3_000 },
    { from: "a", to: "c", kopecks: 4_000 },
  ]);
});

test("what a partner owes itself is on its act and in no payment", () => {
  const settlement = settle(inputOf([...spent("a", "a", 700), ...spent("a", "b", 100)]));
  const act = actOf(settlement, "a");
  assert.equal(act.totals.ownKopecks, 700);
  assert.equal(act.totals.payableKopecks, 100);
  assert.equal(act.totals.netKopecks, -100);
  assert.deepEqual(
    settlement.pairs.map((each) => each.document),
    ["own", "claim"],
  );
});

test("case 8: a return in February of points settled in January is a credit that cites January's line", () => {
  const january = settle(inputOf(spent("a", "b", 10_000)));
  const before = canonicalJson(january);
  const february = settle(
    inputOf([total("re", "ac", "a", 10_000, "b", JANUARY)], {
      month: FEBRUARY,
      opening: january.balances,
    }),
  );
  assert.equal(canonicalJson(january), before);
  assert.equal(february.lines.length, 1);
  const line = february.lines[0];
  assert.equal(line?.kind, "credit");
  assert.equal(line?.cents, -10_000);
  assert.deepEqual(line?.cites, { month: "2026-01", line: january.lines[0]?.id });
  assert.deepEqual(
    february.pairs.map((each) => [each.kopecks, each.document]),
    [[-10_000, "credit-note"]],
  );
  assert.equal(actOf(february, "a").totals.netKopecks, 10_000);
  assert.equal(february.balances[0]?.outstandingCents, 10_000);
});

test("a return in the same month lowers the month's own line", () => {
  const settlement = settle(inputOf([...spent("a", "b", 10_000), total("re", "ac", "a", 4_000, "b")]));
  assert.deepEqual(
    settlement.lines.map((each) => [each.kind, each.cents]),
    [["claim", 6_000]],
  );
});

test("a line that came to nothing stays: its receipts can still be looked at", () => {
  const settlement = settle(inputOf([...spent("a", "b", 500), total("re", "ac", "a", 500, "b")]));
  assert.deepEqual(
    settlement.lines.map((each) => each.cents),
    [0],
  );
});

test("case 5: B keeps its claim of 80 on A, and T's offset of 50 makes T owe A 50", () => {
  const settlement = settle(
    inputOf([
      total("ob", "ac", "a", 10_000),
      total("ac", "re", "a", 8_000, "b"),
      total("ac", "ob", "a", 2_000),
      total("ar", "ob", "a", 8_000),
      total("ob", "ac", "t", 5_000),
      total("ac", "re", "t", 5_000, "a"),
      total("ob", "ar", "a", 5_000),
    ]),
  );
  assert.deepEqual(
    settlement.lines.map((each) => [each.funder, each.redeemer, each.cents]),
    [
      ["a", "b", 8_000],
      ["t", "a", 5_000],
    ],
  );
  const a = settlement.balances.find((each) => each.funder === "a");
  assert.equal(a?.arrearsCents, 3_000);
  assert.equal(a?.takenBackCents, 2_000);
  assert.equal(a?.outstandingCents, 0);
});

test("case 18: 1,000,000 points outstanding at 80 % redemption are an expected claim of 800,000", () => {
  const settlement = settle(
    inputOf([], { opening: [{ funder: "a", outstandingCents: 100_000_000, arrearsCents: 0 }] }),
  );
  assert.equal(settlement.balances[0]?.outstandingCents, 100_000_000);
  assert.equal(settlement.balances[0]?.expectedClaimCents, 80_000_000);
  assert.deepEqual(partnersOfActs(settlement), ["a"]);
});

test("expired points are the funder's breakage and no claim", () => {
  const settlement = settle(inputOf([total("ob", "ac", "a", 5_000), total("ac", "ex", "a", 3_000)]));
  assert.equal(settlement.balances[0]?.expiredCents, 3_000);
  assert.equal(settlement.balances[0]?.outstandingCents, 2_000);
  assert.deepEqual(settlement.lines, []);
});

test("fees are owed to the operator and stand in the netting", () => {
  const settlement = settle(
    inputOf(spent("a", "b", 1_000), {
      fees: [
        { partner: "b", kind: "programme", reason: "turnover", kopecks: 300 },
        { partner: "a", kind: "acquisition", reason: "mission m1", kopecks: 200 },
      ],
    }),
  );
  assert.deepEqual(
    settlement.positions.map((each) => [each.partner, each.netKopecks]),
    [
      ["a", -1_200],
      ["b", 700],
      ["op", 500],
    ],
  );
  assert.equal(actOf(settlement, "op").totals.feesReceivableKopecks, 500);
  assert.equal(actOf(settlement, "a").fees.length, 1);
});

test("points worth 37 kopecks each are rounded to the nearest kopeck per line, credits like claims", () => {
  const settlement = settle(
    inputOf([...spent("a", "b", 150), total("re", "ac", "a", 150, "b", JANUARY - 1)], { pointKopecks: 37 }),
  );
  assert.deepEqual(
    settlement.lines.map((each) => each.kopecks),
    [56, -56],
  );
});

test("a line keeps its id however it is computed, and differs by month, kind and pair", () => {
  const ids = [
    lineId(JANUARY, "claim", "a", "b", null),
    lineId(FEBRUARY, "claim", "a", "b", null),
    lineId(FEBRUARY, "credit", "a", "b", JANUARY),
    lineId(JANUARY, "claim", "b", "a", null),
  ];
  assert.equal(new Set(ids).size, 4);
  assert.match(ids[0] as string, /^line_[0-9a-z]{20}$/);
  assert.equal(ids[0], settle(inputOf(spent("a", "b", 5))).lines[0]?.id);
});

test("canonical JSON sorts keys, leaves out what is undefined and refuses fractions", () => {
  assert.equal(canonicalJson({ b: [1, null, "я"], a: { d: true, c: undefined } }), '{"a":{"d":true},"b":[1,null,"я"]}');
  assert.throws(() => canonicalJson({ a: 0.5 }));
  assert.equal(digestOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("programme fees: a share of what was given or taken, a least sum, a fixed sum; netted with the rest", () => {
  const title = { ru: "Обслуживание", en: "Service" };
  const settlement = settle(
    inputOf(
      [
        ...spent("a", "b", 12_000),
        total("ob", "ac", "a", 50_005),
        total("ac", "ob", "a", 2_000),
        ...spent("b", "b", 700),
        total("ob", "ac", "op", 9_900),
      ],
      {
        feeRules: [
          { id: "given", title, partners: ["a", "b"], charge: { of: "issued", rateBp: 100, atLeastKopecks: 300 } },
          { id: "taken", title, partners: ["a", "b", "c"], charge: { of: "redeemed", rateBp: 250, atLeastKopecks: 0 } },
          { id: "seat", title, partners: ["c", "op"], charge: { kopecks: 5_000 } },
        ],
      },
    ),
  );
  assert.deepEqual(
    settlement.fees.map(({ partner, reason, kopecks }) => [partner, reason, kopecks]),
    [
      // 1 % of 120.00 + 500.05 - 20.00, half up.
      ["a", "given", 600],
      // 1 % of 7.00 is less than the least sum.
      ["b", "given", 300],
      // Of a's 120.00, not of its own 7.00.
      ["b", "taken", 300],
      ["c", "seat", 5_000],
    ],
  );
  assert.equal(
    settlement.positions.reduce((sum, { netKopecks }) => sum + netKopecks, 0),
    0,
  );
  assert.equal(settlement.positions.find(({ partner }) => partner === "c")?.netKopecks, -5_000);
  const act = actOf(settlement, "b");
  assert.equal(act.totals.netKopecks, 12_000 - 600);
  // What a closed month is rebuilt from has the fees and not their rules.
  assert.deepEqual(
    settle({ ...inputOf([]), ...settlement, month: JANUARY, totals: [], opening: [] }).fees,
    settlement.fees,
  );
});

test("a month in which more came back than was given is charged nothing", () => {
  const settlement = settle(
    inputOf([total("ac", "ob", "a", 5_000)], {
      opening: [{ funder: "a", outstandingCents: 9_000, arrearsCents: 0 }],
      feeRules: [
        {
          id: "given",
          title: { ru: "Обслуживание", en: "Service" },
          partners: ["a"],
          charge: { of: "issued", rateBp: 100, atLeastKopecks: 0 },
        },
      ],
    }),
  );
  assert.deepEqual(settlement.fees, []);
});
