import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { bookDue, walletAfter } from "./book-due.ts";
import { type Change, type Draft, finish, openDraft } from "./draft.ts";
import { type EarnPart, purchase } from "./purchase.ts";
import { release, UNDECIDED, undecidedLots } from "./release.ts";
import { newReplay, replayOperation } from "./replay.ts";
import { takeBack } from "./take-back.ts";
import { emptyWallet, NEVER, type Wallet } from "./wallet.ts";

const NOW = Date.parse("2026-06-15T12:00:00+03:00");
const calendar = createCalendar("Europe/Moscow");

function draftAt(wallet: Wallet, now: number): Draft {
  return openDraft(wallet, { now, calendar, firstOpenDay: 0, programmeVersion: 1, operator: "operator" });
}

/** A purchase whose points wait for a decision. */
function waiting(...earned: Partial<EarnPart>[]): Change {
  const draft = draftAt(emptyWallet(1, 1, NOW), NOW);
  const part = { availableAt: UNDECIDED, expiresAt: NEVER, funders: ["a", "b"], amountCents: [30, 20] };
  const bought = { partner: "beta", at: NOW, receiptId: "rcp", programmeVersion: 1, spendCents: 0, capUse: [] };
  const done = purchase(draft, { ...bought, earned: earned.map((each) => ({ ...part, ...each })), body: () => "{}" });
  assert.ok(done.ok);
  return finish(draft);
}

function letGo(wallet: Wallet, now: number, availableAt: number[]): { change: Change; cents: number } {
  const draft = draftAt(wallet, now);
  const command = { partner: "beta", at: now, seq: 1, availableAt: new Map(availableAt.entries()) };
  const cents = release(draft, { ...command, body: () => "{}" });
  return { change: finish(draft), cents };
}

/** The lots as the operations alone tell them. */
function replayed(...changes: Change[]) {
  const replay = newReplay();
  for (const { operations } of changes) {
    for (const each of operations) {
      replayOperation(replay, { ...each, citesSeq: each.citesSeq ?? null }, calendar);
    }
  }
  assert.deepEqual(replay.faults, []);
  return [...replay.lots.values()].map(({ isActive, availableAt, remaining }) => [isActive, availableAt, remaining]);
}

test("points that wait never become active by themselves, and nothing is due for them", () => {
  const { after } = waiting({});
  assert.deepEqual([after.activeCents, after.pendingCents], [0, 50]);
  const later = draftAt(after, NOW + 10_000 * DAY_MS);
  bookDue(later);
  assert.equal(walletAfter(later).pendingCents, 50);
});

test("let go, those whose time has come are active at once, the others at theirs; replay tells the same", () => {
  const bought = waiting({}, { amountCents: [7, 0] });
  const later = NOW + 3 * DAY_MS;
  const { change, cents } = letGo(bought.after, NOW + DAY_MS, [NOW, later]);
  assert.equal(cents, 57);
  assert.deepEqual([change.after.activeCents, change.after.pendingCents], [50, 7]);
  assert.equal(change.after.nextChangeAt, later);
  assert.deepEqual(replayed(bought, change), [
    [true, NOW + DAY_MS, [30, 20]],
    [false, later, [7]],
  ]);
  assert.equal(letGo(change.after, later, [NOW, NOW]).cents, 0, "once");
});

test("points that expired while they waited stay expired", () => {
  const bought = waiting({ expiresAt: NOW + DAY_MS });
  const { change, cents } = letGo(bought.after, NOW + 2 * DAY_MS, [NOW]);
  assert.deepEqual([cents, change.after.activeCents, change.after.pendingCents], [0, 0, 0]);
});

test("taken back while they wait, points go to their funders and nothing is owed", () => {
  const draft = draftAt(waiting({}).after, NOW);
  const items = undecidedLots(draft, 1).flatMap((lot) =>
    lot.funders.map((funder, f) => ({ seq: 1, funder, cents: lot.remaining[f] as number })),
  );
  const outcome = takeBack(draft, { partner: "beta", at: NOW, items, body: () => "{}" });
  assert.deepEqual(outcome, { takenBackCents: 50, arrearsCents: 0 });
  assert.deepEqual(finish(draft).after.lots, []);
});
