import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { award } from "./award.ts";
import { bookDue, sweep } from "./book-due.ts";
import { type Draft, finish, openDraft } from "./draft.ts";
import { captureHold, placeHold, voidHold } from "./holds.ts";
import { type EarnPart, purchase } from "./purchase.ts";
import { type PurchaseFacts, returnPurchase } from "./return-purchase.ts";
import { emptyWallet, type LotShare, NEVER, type Wallet } from "./wallet.ts";

const NOW = Date.parse("2026-06-15T12:00:00+03:00");
const calendar = createCalendar("Europe/Moscow");

function draftAt(wallet: Wallet, now: number): Draft {
  return openDraft(wallet, { now, calendar, firstOpenDay: 0, programmeVersion: 1, operator: "operator" });
}

const nobody = emptyWallet(1, 1, NOW);
const part = (amounts: Record<string, number>, over: Partial<EarnPart> = {}): EarnPart => ({
  availableAt: NOW,
  expiresAt: NEVER,
  funders: Object.keys(amounts),
  amountCents: Object.values(amounts),
  ...over,
});

/** A wallet with one award of these parts. */
function holding(...earned: EarnPart[]): Wallet {
  const draft = draftAt(nobody, NOW);
  award(draft, { kind: "award", partner: "operator", at: NOW, earned, body: () => "{}" });
  return finish(draft).after;
}

function spend(wallet: Wallet, cents: number, now = NOW): { wallet: Wallet; draws: readonly LotShare[]; seq: number } {
  const draft = draftAt(wallet, now);
  const command = {
    partner: "beta",
    at: now,
    receiptId: "rcp",
    programmeVersion: 1,
    earned: [],
    capUse: [],
    body: () => "{}",
  };
  const draws = purchase(draft, { ...command, spendCents: cents });
  assert.ok(draws.ok);
  return { wallet: finish(draft).after, draws: draws.value, seq: draft.seq };
}

const remainingOf = (wallet: Wallet) => wallet.lots.map((lot) => [...lot.remaining]);

describe("points are drawn", () => {
  test("by earliest expiry first, and those that never expire last", () => {
    const wallet = holding(
      part({ c: 50 }),
      part({ a: 40 }, { expiresAt: NOW + DAY_MS }),
      part({ b: 60 }, { expiresAt: NOW + 2 * DAY_MS }),
    );
    assert.deepEqual(
      spend(wallet, 70).draws.map(([, , funder, cents]) => [funder, cents]),
      [
        ["a", 40],
        ["b", 30],
      ],
    );
  });

  test("within an operation pro rata to what remains, ties by funder", () => {
    const wallet = holding(part({ a: 300, b: 300, c: 100 }));
    assert.deepEqual(
      spend(wallet, 4).draws.map(([, , funder, cents]) => [funder, cents]),
      [
        ["a", 2],
        ["b", 2],
      ],
    );
  });
});

describe("a hold", () => {
  const wallet = holding(part({ a: 3, b: 3, c: 1 }));

  test("is captured pro rata to what it holds; the rest goes back where it came from", () => {
    const draft = draftAt(wallet, NOW);
    assert.ok(placeHold(draft, { partner: "beta", pointsCents: 4, expiresAt: NOW + 1000, body: () => "{}" }).ok);
    assert.ok(captureHold(draft, { holdSeq: 2, pointsCents: 3, body: () => "{}" }).ok);
    assert.deepEqual(remainingOf(finish(draft).after), [[1, 2, 1]]);
  });

  test("outlives its lot's expiry when captured, and loses it when voided", () => {
    const dying = holding(part({ a: 100 }, { expiresAt: NOW + 10_000 }));
    const placed = draftAt(dying, NOW);
    assert.ok(placeHold(placed, { partner: "beta", pointsCents: 100, expiresAt: NOW + DAY_MS, body: () => "{}" }).ok);
    const held = finish(placed).after;
    const captured = draftAt(held, NOW + 300_000);
    assert.ok(captureHold(captured, { holdSeq: 2, pointsCents: 100, body: () => "{}" }).ok);
    assert.deepEqual(captured.operations[0]?.movements, [["he", "re", 1, 0, "a", "beta", 100]]);
    const voided = draftAt(held, NOW + 300_000);
    assert.ok(voidHold(voided, { holdSeq: 2, body: () => "{}" }).ok);
    assert.deepEqual(voided.operations[0]?.movements, [["he", "ex", 1, 0, "a", null, 100]]);
  });
});

describe("time", () => {
  test("books an expiry on the business day that ended, and activations with the next operation", () => {
    const midnight = calendar.startOf(calendar.dayOf(NOW) + 1);
    const wallet = holding(part({ a: 10 }, { expiresAt: midnight }), part({ b: 20 }, { availableAt: NOW + 1000 }));
    const draft = draftAt(wallet, midnight);
    bookDue(draft);
    const [expiry] = draft.operations;
    assert.equal(expiry?.businessDay, calendar.dayOf(NOW));
    assert.deepEqual(expiry?.movements, [
      ["pe", "ac", 1, 1, "b", null, 20],
      ["ac", "ex", 1, 0, "a", null, 10],
    ]);
  });

  test("a sweep leaves activations alone when nothing expires", () => {
    const draft = draftAt(holding(part({ a: 10 }, { availableAt: NOW + 1000 })), NOW + 2000);
    sweep(draft);
    assert.deepEqual([draft.operations.length, draft.movements.length], [0, 0]);
  });
});

describe("a return", () => {
  function facts(draws: readonly LotShare[], seq: number, cents: number): PurchaseFacts {
    return { seq, partner: "beta", lineKopecks: [1_000], spentByLineCents: [cents], draws, earned: [] };
  }
  const command = {
    returned: undefined,
    partner: "beta",
    at: NOW,
    receiptId: "rcp",
    programmeVersion: 1,
    kopecksPerPoint: 100,
    expiredPolicy: { kind: "original" },
    body: () => "{}",
  } as const;

  test("spreads what comes back over parts of one operation by funder, not by part", () => {
    // Parts with one expiry are one group: a tie between b of part 0 and a of part 1 goes to a.
    const wallet = holding(part({ b: 1 }, { expiresAt: NOW + DAY_MS }), part({ a: 1 }, { expiresAt: NOW + DAY_MS }));
    const spent = spend(wallet, 2);
    const draft = draftAt(spent.wallet, NOW);
    const closed = wallet.lots.map((lot) => ({ ...lot, remaining: [0], spent: [1] }));
    const reopened = openDraft(draft.before, draft.context, closed);
    const outcome = returnPurchase(reopened, {
      ...command,
      purchase: facts(spent.draws, spent.seq, 2),
      lines: [{ line: 0, amountKopecks: 500 }],
    });
    assert.ok(outcome.ok);
    assert.deepEqual(reopened.operations[0]?.movements, [["re", "ac", 1, 1, "a", "beta", 1]]);
  });

  test("of more than was bought is refused with what is left", () => {
    const draft = draftAt(nobody, NOW);
    const outcome = returnPurchase(draft, {
      ...command,
      purchase: facts([], 1, 0),
      lines: [{ line: 0, amountKopecks: 1_001 }],
    });
    assert.deepEqual(outcome, {
      ok: false,
      failure: { code: "return-exceeds-purchase", index: 0, leftKopecks: 1_000 },
    });
  });
});
