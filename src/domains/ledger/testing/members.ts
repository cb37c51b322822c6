import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketOf } from "#kernel/ids.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { award } from "../core/award.ts";
import { walletBody } from "../core/book-due.ts";
import { type Change, type Draft, finish, lotKey, openDraft } from "../core/draft.ts";
import { captureHold, placeHold } from "../core/holds.ts";
import { type MergeChanges, mergeWallets } from "../core/merge.ts";
import type { Operation, ReturnedState } from "../core/operation.ts";
import { purchase } from "../core/purchase.ts";
import { newReplay, replayOperation, walletOf } from "../core/replay.ts";
import { returnPurchase } from "../core/return-purchase.ts";
import { unmergeWallets } from "../core/unmerge.ts";
import { emptyWallet, type Lot, NEVER, type Wallet } from "../core/wallet.ts";

/** Members as storage would have them, what may happen to them at random, and the truths that hold afterwards: for property tests. */

export const START = Date.parse("2026-06-15T12:00:00+03:00");
export const calendar = createCalendar("Europe/Moscow");

/** Three hours a step, so that points activate and expire along the way. */
export function newClock() {
  let now = START;
  return {
    next: () => {
      now += 10_800_000;
      return now;
    },
  };
}

/** A member as storage would have it: the wallet, all lots, returns, the stream. */
export type Member = {
  wallet: Wallet;
  readonly lots: Map<number, Lot>;
  readonly returned: Map<number, ReturnedState>;
  readonly operations: Operation[];
};
export type Bought = {
  readonly seq: number;
  readonly earned: number;
  readonly draws: readonly (readonly [number, number, string, number])[];
  readonly spent: number;
  back: boolean;
};

export function newMember(member: number): Member {
  return { wallet: emptyWallet(bucketOf(member), member, START), lots: new Map(), returned: new Map(), operations: [] };
}

export function draftOf(member: Member, now: number, via?: number): Draft {
  const open = new Set(member.wallet.lots.map(lotKey));
  const closed = [...member.lots.values()].filter((lot) => !open.has(lotKey(lot)));
  const context = { now, calendar, firstOpenDay: 0, programmeVersion: 1, operator: "operator" };
  return openDraft(member.wallet, context, closed, via);
}

export function store(member: Member, change: Change): void {
  member.wallet = change.after;
  for (const lot of [...change.newLots, ...change.changedLots]) member.lots.set(lotKey(lot), lot);
  for (const row of change.returned) member.returned.set(row.purchaseSeq, row.state);
  member.operations.push(...change.operations);
}

export const funders = ["alfa", "beta", "telecom"] as const;
export type Step = {
  readonly kind: "buy" | "award" | "hold" | "return" | "trait";
  readonly n: number;
  readonly funder: string;
  readonly days: number;
};
export const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("buy", "buy", "award", "hold", "return", "return", "trait"),
  n: fc.integer({ min: 1, max: 9_999 }),
  funder: fc.constantFrom(...funders),
  days: fc.integer({ min: 0, max: 20 }),
});

/** Does one thing to a member; `shift` is where the numbers of the one who is named begin. */
export function act(member: Member, bought: Bought[], at: Step, now: number, via?: number): void {
  const draft = draftOf(member, now, via);
  if (at.kind === "trait") return;
  if (at.kind === "return") {
    const of = bought.findLast((each) => !each.back);
    if (!of) return;
    of.back = true;
    const facts = {
      seq: of.seq,
      partner: "alfa",
      lineKopecks: [10_000],
      spentByLineCents: [of.spent],
      draws: of.draws,
    };
    const earned = of.earned > 0 ? [{ funders: [at.funder], lineCents: [[of.earned]] }] : [];
    const lot = member.lots.get(lotKey({ seq: of.seq, part: 0 }));
    const done = returnPurchase(draft, {
      purchase: { ...facts, earned: lot ? [{ funders: lot.funders, lineCents: [[of.earned]] }] : earned.slice(0, 0) },
      returned: member.returned.get(of.seq),
      partner: "alfa",
      at: now,
      receiptId: "rcp",
      programmeVersion: 1,
      lines: "all",
      kopecksPerPoint: 100,
      expiredPolicy: { kind: "original" },
      body: walletBody,
    });
    assert.ok(done.ok);
    store(member, finish(draft));
    return;
  }
  const expiresAt = at.days < 4 ? now + (at.days + 1) * DAY_MS : NEVER;
  const part = { availableAt: at.days > 17 ? now + DAY_MS : now, expiresAt, funders: [at.funder], amountCents: [at.n] };
  if (at.kind === "award") {
    award(draft, { kind: "award", partner: at.funder, at: now, earned: [part], body: walletBody });
    store(member, finish(draft));
    return;
  }
  if (at.kind === "hold") {
    const held = placeHold(draft, {
      partner: "beta",
      pointsCents: at.n >> 3 || 1,
      expiresAt: now + DAY_MS,
      body: walletBody,
    });
    if (!held.ok) return;
    store(member, finish(draft));
    if (at.days % 2) return;
    const end = draftOf(member, now, via);
    assert.ok(captureHold(end, { holdSeq: held.value.seq, pointsCents: 1, body: walletBody }).ok);
    store(member, finish(end));
    return;
  }
  const spendCents = at.days % 3 === 0 ? at.n >> 2 : 0;
  const command = {
    partner: "alfa",
    at: now,
    receiptId: "rcp",
    programmeVersion: 1,
    capUse: [[`cap-${at.funder}`, at.n, calendar.dayOf(now) + 30] as const],
  };
  const drawn = purchase(draft, { ...command, spendCents, earned: [part], body: walletBody });
  if (!drawn.ok) return;
  store(member, finish(draft));
  bought.push({ seq: draft.seq, earned: at.n, draws: drawn.value, spent: spendCents, back: false });
}

export function merge(survivor: Member, merged: Member, now: number): MergeChanges {
  const changes = mergeWallets(draftOf(survivor, now), draftOf(merged, now), {
    returned: merged.returned,
    body: walletBody,
  });
  store(survivor, changes.survivor);
  store(merged, changes.merged);
  return changes;
}

/** `others`: members merged into the one that goes. False when a hold stands across. */
export function unmerge(
  survivor: Member,
  merged: Member,
  from: number,
  now: number,
  others: readonly number[] = [],
): boolean {
  const result = unmergeWallets(draftOf(survivor, now), draftOf(merged, now), {
    members: new Set([merged.wallet.member, ...others]),
    history: survivor.operations.filter((operation) => operation.seq >= from),
    returned: survivor.returned,
    body: walletBody,
  });
  if (!result.ok) return false;
  store(survivor, result.value.survivor);
  store(merged, result.value.merged);
  return true;
}

/** What a member has, without the number of its last operation. */
export function shown(member: Member, upTo: number) {
  const { seq: _, capUse, firstPurchaseAt, isStored: __, ...wallet } = member.wallet;
  const lots = [...member.lots.values()].filter((lot) => lot.seq <= upTo).sort((a, b) => lotKey(a) - lotKey(b));
  return { ...wallet, capUse: [...capUse], firstPurchaseAt: [...firstPurchaseAt], lots, open: wallet.lots };
}

/** The truths of the ledger, for one member. */
export function check(member: Member): void {
  const replay = newReplay();
  for (const operation of member.operations) {
    replayOperation(replay, { ...operation, citesSeq: operation.citesSeq ?? null }, calendar);
  }
  assert.deepEqual(replay.faults, []);
  assert.deepEqual(new Map([...replay.lots].sort()), new Map([...member.lots].sort()));
  const { active, pending, held } = walletOf(replay);
  const { activeCents, pendingCents, heldCents, debts, status } = member.wallet;
  assert.deepEqual([activeCents, pendingCents, heldCents], [active, pending, held]);
  assert.deepEqual(replay.debts, debts);
  assert.deepEqual([...replay.capUse], [...member.wallet.capUse]);
  assert.deepEqual([...replay.firstPurchaseAt], [...member.wallet.firstPurchaseAt]);
  assert.equal(replay.status, status);
  for (const lot of member.lots.values()) {
    for (const column of [lot.remaining, lot.held, lot.spent, lot.expired, lot.takenBack]) {
      for (const cents of column) assert.ok(cents >= 0);
    }
  }
}

export function lastState(change: Change): { base: number } {
  const base = change.operations.at(-1)?.facts?.state?.base;
  assert.ok(base !== undefined);
  return { base };
}

/** Movements between the two streams and all claims, summed over both. */
export function totals(...members: Member[]) {
  const sums = new Map<string, number>();
  const add = (key: string, cents: number) => sums.set(key, (sums.get(key) ?? 0) + cents);
  for (const member of members) {
    for (const [from, to, , , funder, redeemer, cents] of member.operations.flatMap(({ movements }) => movements)) {
      const name = (account: string) => (account === "re" ? `re ${funder} ${redeemer}` : `${account} ${funder}`);
      add(name(from), -cents);
      add(name(to), cents);
    }
  }
  return sums;
}

export const OF_MEMBER = new Set(["pe", "ac", "he"]);

/** What members gained of a funder beyond what it issued, less what was taken back, redeemed and expired: must be 0. */
export function unexplainedCents(members: readonly Member[], funder: string): number {
  let rest = 0;
  for (const [from, to, , , of, , cents] of members.flatMap((member) =>
    member.operations.flatMap((op) => op.movements),
  )) {
    if (of !== funder) continue;
    const [toMember, fromMember] = [OF_MEMBER.has(to), OF_MEMBER.has(from)];
    rest += (toMember ? cents : 0) - (fromMember ? cents : 0);
    if (from === "ob" && toMember) rest -= cents;
    if (fromMember && to === "ob") rest += cents;
    for (const account of ["re", "ex"]) rest += (to === account ? cents : 0) - (from === account ? cents : 0);
  }
  return rest;
}

export const steps = (most: number) => fc.array(step, { maxLength: most });
