import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { actOf, partnersOfActs } from "./act.ts";
import { canonicalJson } from "./canonical.ts";
import { netPositions, type Obligation, transfersOf } from "./netting.ts";
import { settle } from "./settlement.ts";
import { type AccountTotal, compareTotals, type DayTotal, totalsOfMonth } from "./totals.ts";

const MONTH = 2026 * 12;
const partner = fc.constantFrom("alpha", "beta", "gamma", "delta", "op");
const cents = fc.integer({ min: 1, max: 1_000_000_000 });

/** Sums that a ledger could have: issued first, then spent, given back (of this or an earlier month) or expired. */
const totals: fc.Arbitrary<AccountTotal[]> = fc
  .array(
    fc.record({
      funder: partner,
      redeemer: partner,
      cents,
      fate: fc.constantFrom("kept", "spent", "given back", "credited", "expired"),
    }),
    { maxLength: 40 },
  )
  .map((stories) =>
    stories.flatMap(({ funder, redeemer, cents: amount, fate }): AccountTotal[] => {
      const plain = { funder, redeemer: "", originMonth: null, cents: amount };
      const issued = { ...plain, fromAccount: "ob", toAccount: "ac" };
      const spent = { ...plain, redeemer, fromAccount: "ac", toAccount: "re" };
      const back = { ...spent, fromAccount: "re", toAccount: "ac" };
      if (fate === "kept") return [issued];
      if (fate === "spent") return [issued, spent];
      if (fate === "given back") return [issued, spent, back];
      if (fate === "credited") return [{ ...back, originMonth: MONTH - 1 }];
      return [issued, { ...plain, fromAccount: "ac", toAccount: "ex" }];
    }),
  );

const fees = fc.array(
  fc.record({
    partner,
    kind: fc.constantFrom("programme" as const, "acquisition" as const),
    reason: fc.constantFrom("turnover", "mission m1"),
    kopecks: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  }),
  { maxLength: 8 },
);

function settled(
  sums: readonly AccountTotal[],
  fee: typeof fees extends fc.Arbitrary<infer T> ? T : never,
  rate = 100,
) {
  return settle({
    month: MONTH,
    operator: "op",
    totals: sums,
    opening: [],
    fees: fee,
    parties: [],
    pointKopecks: rate,
    redemptionBp: 8_000,
  });
}

test("net positions sum to zero and transfers settle them exactly", () => {
  fc.assert(
    fc.property(totals, fees, fc.integer({ min: 1, max: 500 }), (sums, fee, rate) => {
      const settlement = settled(sums, fee, rate);
      const net = new Map(settlement.positions.map((each) => [each.partner, each.netKopecks]));
      assert.equal(
        [...net.values()].reduce((a, b) => a + b, 0),
        0,
      );
      for (const { from, to, kopecks } of settlement.transfers) {
        assert.ok(kopecks > 0);
        net.set(from, (net.get(from) ?? 0) + kopecks);
        net.set(to, (net.get(to) ?? 0) - kopecks);
      }
      for (const left of net.values()) assert.equal(left, 0);
      assert.ok(settlement.transfers.length <= Math.max(0, settlement.positions.length - 1));
    }),
  );
});

test("every line is payable on one act and receivable on another, or own on one; nothing else is on acts", () => {
  fc.assert(
    fc.property(totals, fees, (sums, fee) => {
      const settlement = settled(sums, fee);
      const acts = partnersOfActs(settlement).map((each) => actOf(settlement, each));
      const onActs = (pick: "payable" | "receivable" | "own") =>
        acts.flatMap((act) => act[pick].map((each) => each.line));
      const paid = settlement.lines.filter((line) => line.funder !== line.redeemer).map((line) => line.id);
      const own = settlement.lines.filter((line) => line.funder === line.redeemer).map((line) => line.id);
      assert.deepEqual(onActs("payable").sort(), paid.slice().sort());
      assert.deepEqual(onActs("receivable").sort(), paid.slice().sort());
      assert.deepEqual(onActs("own").sort(), own.slice().sort());
    }),
  );
});

test("the order of the sums and of the fees changes no byte", () => {
  fc.assert(
    fc.property(totals, fees, fc.infiniteStream(fc.nat()), (sums, fee, stream) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => ({ item, at: stream.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const one = canonicalJson(settled(sums, fee));
      assert.equal(canonicalJson(settled(shuffled(sums), shuffled(fee))), one);
    }),
  );
});

test("netting is the same whatever the order of obligations, and doubling them doubles it", () => {
  const obligation: fc.Arbitrary<Obligation> = fc.record({ from: partner, to: partner, kopecks: cents });
  fc.assert(
    fc.property(fc.array(obligation, { maxLength: 30 }), (obligations) => {
      const positions = netPositions(obligations);
      assert.deepEqual(netPositions(obligations.slice().reverse()), positions);
      assert.deepEqual(
        netPositions([...obligations, ...obligations]).map((each) => each.netKopecks),
        positions.map((each) => each.netKopecks * 2),
      );
      assert.deepEqual(transfersOf(positions.slice()), transfersOf(positions));
    }),
  );
});

test("one cent changed, moved to another partner or to another day is a difference; splitting a sum is none", () => {
  const day = fc.integer({ min: 20_000, max: 20_030 });
  const dayTotals: fc.Arbitrary<DayTotal[]> = fc
    .array(fc.tuple(totals, day), { minLength: 1, maxLength: 6 })
    .map((groups) => groups.flatMap(([sums, accountingDay]) => sums.map((sum) => ({ ...sum, accountingDay }))));
  fc.assert(
    fc.property(dayTotals, fc.nat(), (sums, pick) => {
      fc.pre(sums.length > 0);
      const halves = sums.flatMap((sum) => [
        { ...sum, cents: Math.floor(sum.cents / 2) },
        { ...sum, cents: Math.ceil(sum.cents / 2) },
      ]);
      assert.deepEqual(compareTotals(sums, halves.reverse()), []);
      assert.deepEqual(totalsOfMonth(sums), totalsOfMonth(halves));
      const index = pick % sums.length;
      const changed = sums.map((sum, i) => (i === index ? { ...sum, cents: sum.cents + 1 } : sum));
      assert.equal(compareTotals(sums, changed).length, 1);
      const moved = sums.map((sum, i) => (i === index ? { ...sum, accountingDay: sum.accountingDay + 100 } : sum));
      assert.equal(compareTotals(sums, moved).length, 2);
    }),
  );
});
