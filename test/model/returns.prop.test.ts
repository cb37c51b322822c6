import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { HOUR_MS } from "#kernel/time.ts";
import { award, createLedger, type Ledger, memberOf, purchase, returnPurchase, walletAt } from "./ledger.ts";
import { MEMBER, PARTNERS, part1000, START } from "./random-commands.ts";
import { splitInProportion, sum } from "./split.ts";
import { faultsOf } from "./truths.ts";
import type { Member } from "./types.ts";

/** A member's lots without what only names operations, so that two histories can be compared. */
function balances(member: Member): unknown {
  return member.entries.map(({ seq: _seq, earnedAt: _at, ...rest }) => rest);
}

/** Lots of two lives, a purchase that spends and earns, some of the earned points spent elsewhere since. */
const setting = fc.record({
  lots: fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(2), fc.constantFrom(2, 48, 720)), {
    minLength: 1,
    maxLength: 4,
  }),
  lines: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 3 }),
  earned: fc.array(fc.tuple(fc.nat(900), fc.nat(900)), { minLength: 3, maxLength: 3 }),
  spendPermille: fc.nat(1000),
  elsewherePermille: fc.nat(1000),
  waitHours: fc.constantFrom(0, 3, 100),
  cuts: fc.array(fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }), { maxLength: 5 }),
  grace: fc.boolean(),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

function prepare(of: Setting): { ledger: Ledger; now: number; bought: number } {
  const ledger = createLedger();
  of.lots.forEach(([cents, funder, life], i) => {
    const terms = {
      member: MEMBER,
      funders: [PARTNERS[funder] as string],
      amountCents: [cents],
      expiresAt: START + life * HOUR_MS,
    };
    award(ledger, START, { key: `lot${i}`, body: "" }, terms);
  });
  const spend = Math.min(sum(of.lines), part1000(walletAt(ledger, MEMBER, START).activeCents, of.spendPermille));
  const lineCents = of.lines.map((_, line) => of.earned[line] as [number, number]);
  const reply = purchase(
    ledger,
    START,
    { key: "bought", body: "" },
    {
      member: MEMBER,
      partner: "veter",
      at: START,
      lineAmounts: of.lines,
      spentByLine: spend === 0 ? of.lines.map(() => 0) : splitInProportion(spend, of.lines),
      parts: [
        {
          availableAt: START,
          expiresAt: START + 200 * HOUR_MS,
          funders: ["aist", "bereg"],
          amountCents: [0, 1].map((f) => sum(lineCents.map((line) => line[f] as number))),
          lineCents,
        },
      ],
    },
  );
  assert.ok(reply.ok);
  const now = START + of.waitHours * HOUR_MS;
  const elsewhere = part1000(walletAt(ledger, MEMBER, now).activeCents, of.elsewherePermille);
  if (elsewhere > 0) {
    const terms = {
      member: MEMBER,
      partner: "bereg",
      at: now,
      lineAmounts: [elsewhere],
      parts: [],
      spentByLine: [elsewhere],
    };
    assert.ok(purchase(ledger, now, { key: "elsewhere", body: "" }, terms).ok);
  }
  return { ledger, now, bought: reply.seq };
}

function giveBack(
  ledger: Ledger,
  now: number,
  bought: number,
  name: string,
  of: Setting,
  lines: { line: number; amountKopecks: number }[] | "all",
) {
  return returnPurchase(
    ledger,
    now,
    { key: name, body: "" },
    {
      member: MEMBER,
      purchaseSeq: bought,
      at: now,
      lines,
      policy: of.grace ? { kind: "grace", expiresAt: now + 240 * HOUR_MS } : { kind: "original" },
      refund: { in: "money" },
    },
  );
}

describe("returns in pieces", () => {
  test("end where one whole return ends, and never take or give more than the whole", () => {
    fc.assert(
      fc.property(setting, (of) => {
        const { ledger, now, bought } = prepare(of);
        const whole = structuredClone(ledger);
        const atOnce = giveBack(whole, now, bought, "whole", of, "all");
        assert.ok(atOnce.ok);
        const total = { takenBack: 0, givenBack: 0, arrears: 0, expired: 0, refundKopecks: 0 };
        of.cuts.forEach((cut, i) => {
          const done = memberOf(ledger, MEMBER).purchases.find((p) => p.seq === bought)?.returned ?? [];
          const lines = of.lines.map((amount, line) => ({
            line,
            amountKopecks: part1000(amount - (done[line] as number), cut[line] as number),
          }));
          const reply = giveBack(ledger, now, bought, `cut${i}`, of, lines);
          assert.ok(reply.ok);
          for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += reply.outcome[key];
        });
        const last = giveBack(ledger, now, bought, "last", of, "all");
        if (last.ok) for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += last.outcome[key];
        assert.deepEqual(faultsOf(ledger, MEMBER), []);
        // A debt of one piece may be paid with points that the next piece would have taken: then the totals agree,
        // though not funder by funder. Without any debt every lot agrees.
        assert.equal(total.takenBack + total.arrears, atOnce.outcome.takenBack + atOnce.outcome.arrears);
        assert.deepEqual({ ...total, takenBack: 0, arrears: 0 }, { ...atOnce.outcome, takenBack: 0, arrears: 0 });
        assert.deepEqual(walletAt(ledger, MEMBER, now), walletAt(whole, MEMBER, now));
        if (total.arrears + atOnce.outcome.arrears === 0 && !of.grace) {
          assert.deepEqual(balances(memberOf(ledger, MEMBER)), balances(memberOf(whole, MEMBER)));
        }
        const again = giveBack(ledger, now, bought, "again", of, "all");
        assert.ok(!again.ok && again.refusal.code === "return-exceeds-purchase");
      }),
      { numRuns: 400 },
    );
  });

  test("a whole return of a purchase that nothing has touched leaves the member as before it", () => {
    fc.assert(
      fc.property(setting, (drawn) => {
        const of: Setting = { ...drawn, elsewherePermille: 0, waitHours: 0 };
        const { ledger, now, bought } = prepare(of);
        assert.ok(giveBack(ledger, now, bought, "whole", of, "all").ok);
        const untouched = prepare({ ...of, spendPermille: 0, earned: of.earned.map(() => [0, 0] as [number, number]) });
        assert.deepEqual(walletAt(ledger, MEMBER, now), walletAt(untouched.ledger, MEMBER, now));
      }),
      { numRuns: 100 },
    );
  });
});
