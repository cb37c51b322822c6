import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketOf } from "#kernel/ids.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { award } from "./award.ts";
import { walletBody } from "./book-due.ts";
import { type Change, type Draft, finish, lotKey, openDraft, setTrait } from "./draft.ts";
import { captureHold, placeHold } from "./holds.ts";
import { type MergeChanges, mergeWallets } from "./merge.ts";
import type { Operation, ReturnedState } from "./operation.ts";
import { purchase } from "./purchase.ts";
import { newReplay, replayOperation, walletOf } from "./replay.ts";
import { returnPurchase } from "./return-purchase.ts";
import { unmergeWallets } from "./unmerge.ts";
import { arrearsOf, emptyWallet, type Lot, NEVER, type Wallet } from "./wallet.ts";

const START = Date.parse("2026-06-15T12:00:00+03:00");
const calendar = createCalendar("Europe/Moscow");

/** Three hours a step, so that points activate and expire along the way. */
function newClock() {
  let now = START;
  return {
    next: () => {
      now += 10_800_000;
      return now;
    },
  };
}

/** A member as storage would have it: the wallet, all lots, returns, the stream. */
type Member = {
  wallet: Wallet;
  readonly lots: Map<number, Lot>;
  readonly returned: Map<number, ReturnedState>;
  readonly operations: Operation[];
};
type Bought = {
  readonly seq: number;
  readonly earned: number;
  readonly draws: readonly (readonly [number, number, string, number])[];
  readonly spent: number;
  back: boolean;
};

function newMember(member: number): Member {
  return { wallet: emptyWallet(bucketOf(member), member, START), lots: new Map(), returned: new Map(), operations: [] };
}

function draftOf(member: Member, now: number, via?: number): Draft {
  const open = new Set(member.wallet.lots.map(lotKey));
  const closed = [...member.lots.values()].filter((lot) => !open.has(lotKey(lot)));
  const context = { now, calendar, firstOpenDay: 0, programmeVersion: 1, operator: "operator" };
  return openDraft(member.wallet, context, closed, via);
}

function store(member: Member, change: Change): void {
  member.wallet = change.after;
  for (const lot of [...change.newLots, ...change.changedLots]) member.lots.set(lotKey(lot), lot);
  for (const row of change.returned) member.returned.set(row.purchaseSeq, row.state);
  member.operations.push(...change.operations);
}

const funders = ["alfa", "beta", "telecom"] as const;
type Step = {
  readonly kind: "buy" | "award" | "hold" | "return" | "trait";
  readonly n: number;
  readonly funder: string;
  readonly days: number;
};
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("buy", "buy", "award", "hold", "return", "return", "trait"),
  n: fc.integer({ min: 1, max: 9_999 }),
  funder: fc.constantFrom(...funders),
  days: fc.integer({ min: 0, max: 20 }),
});

/** Does one thing to a member; `shift` is where the numbers of the one who is named begin. */
function act(member: Member, bought: Bought[], at: Step, now: number, via?: number): void {
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

function merge(survivor: Member, merged: Member, now: number): MergeChanges {
  const changes = mergeWallets(draftOf(survivor, now), draftOf(merged, now), {
    returned: merged.returned,
    body: walletBody,
  });
  store(survivor, changes.survivor);
  store(merged, changes.merged);
  return changes;
}

function unmerge(survivor: Member, merged: Member, from: number, now: number): boolean {
  const result = unmergeWallets(draftOf(survivor, now), draftOf(merged, now), {
    members: new Set([merged.wallet.member]),
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
function shown(member: Member, upTo: number) {
  const { seq: _, capUse, firstPurchaseAt, isStored: __, ...wallet } = member.wallet;
  const lots = [...member.lots.values()].filter((lot) => lot.seq <= upTo).sort((a, b) => lotKey(a) - lotKey(b));
  return { ...wallet, capUse: [...capUse], firstPurchaseAt: [...firstPurchaseAt], lots, open: wallet.lots };
}

/** The truths of the ledger, for one member. */
function check(member: Member): void {
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

function lastState(change: Change): { base: number } {
  const base = change.operations.at(-1)?.facts?.state?.base;
  assert.ok(base !== undefined);
  return { base };
}

/** Movements between the two streams and all claims, summed over both. */
function totals(...members: Member[]) {
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

const OF_MEMBER = new Set(["pe", "ac", "he"]);

/** What members gained of a funder beyond what it issued, less what was taken back, redeemed and expired: must be 0. */
function unexplainedCents(members: readonly Member[], funder: string): number {
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

const steps = (most: number) => fc.array(step, { maxLength: most });

test("a merge followed at once by an unmerge restores both wallets, lot by lot", () => {
  fc.assert(
    fc.property(steps(12), steps(12), (one, two) => {
      const [a, b] = [newMember(1001), newMember(2002)];
      const [boughtA, boughtB]: [Bought[], Bought[]] = [[], []];
      const clock = newClock();
      for (const each of one) act(a, boughtA, each, clock.next());
      for (const each of two) act(b, boughtB, each, clock.next());
      const now = clock.next();
      for (const member of [a, b]) {
        const trait = draftOf(member, now);
        setTrait(trait, { kind: "level", key: "1", fromAt: START, ...(member === a ? { untilAt: now } : {}) });
        award(trait, { kind: "award", partner: "alfa", at: now, earned: [], body: walletBody });
        store(member, finish(trait));
      }
      const before = [shown(a, a.wallet.seq), shown(b, b.wallet.seq)];
      const [seqA, seqB] = [a.wallet.seq, b.wallet.seq];
      const { survivor } = merge(a, b, now);
      check(a);
      check(b);
      assert.equal(b.wallet.activeCents + b.wallet.pendingCents + b.wallet.heldCents + arrearsOf(b.wallet), 0);
      assert.ok(arrearsOf(a.wallet) === 0 || a.wallet.activeCents === 0, "arrears are recovered at once");
      assert.ok(unmerge(a, b, survivor.after.seq, now));
      check(a);
      check(b);
      assert.deepEqual([shown(a, seqA), shown(b, seqB)], before);
      for (const [account, cents] of totals(a, b)) if (account.startsWith("mv")) assert.equal(cents, 0, account);
    }),
    { numRuns: 300 },
  );
});

test("taken apart after living together, both are sound and no point is lost", () => {
  fc.assert(
    fc.property(steps(8), steps(8), fc.array(fc.tuple(step, fc.boolean()), { maxLength: 12 }), (one, two, together) => {
      const [a, b] = [newMember(1001), newMember(2002)];
      const [boughtA, boughtB]: [Bought[], Bought[]] = [[], []];
      const clock = newClock();
      for (const each of one) act(a, boughtA, each, clock.next());
      for (const each of two) act(b, boughtB, each, clock.next());
      const now = clock.next();
      const { survivor } = merge(a, b, now);
      const { base } = lastState(survivor);
      const moved = (seq: number) => base + seq;
      for (const each of boughtB) {
        Object.assign(each, { seq: moved(each.seq), draws: each.draws.map(([seq, ...rest]) => [moved(seq), ...rest]) });
      }
      for (const [each, isB] of together) act(a, isB ? boughtB : boughtA, each, clock.next(), isB ? 2002 : undefined);
      if (!unmerge(a, b, survivor.after.seq, clock.next())) return;
      check(a);
      check(b);
      const after = totals(a, b);
      for (const [account, cents] of after) {
        if (account.startsWith("mv")) assert.equal(cents, 0, account);
      }
      for (const member of [a, b]) {
        assert.ok(arrearsOf(member.wallet) === 0 || member.wallet.activeCents === 0, "arrears are recovered at once");
      }
      for (const funder of funders) assert.equal(unexplainedCents([a, b], funder), 0);
    }),
    { numRuns: 300 },
  );
});
