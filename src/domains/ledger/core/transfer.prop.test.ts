import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  act,
  type Bought,
  calendar,
  check,
  draftOf,
  funders,
  type Member,
  merge,
  newClock,
  newMember,
  type Step,
  step,
  store,
  totals,
  unexplainedCents,
  unmerge,
} from "../testing/members.ts";
import { walletBody } from "./book-due.ts";
import { lotKey } from "./draft.ts";
import { type TransferredLot, transferPoints, undoTransfer } from "./transfer.ts";
import { arrearsOf } from "./wallet.ts";

type Done = { readonly giverSeq: number; readonly takerSeq: number; readonly lots: readonly TransferredLot[] };

const DAY = calendar.dayOf(Date.parse("2026-06-30T12:00:00+03:00"));
const cap = (mostCents: number) => ({ key: "household:2026-06", untilDay: DAY, mostCents });

function give(giver: Member, taker: Member, cents: number, now: number, mostCents = 1_000_000, via?: number) {
  let lots: readonly TransferredLot[] = [];
  const done = transferPoints(draftOf(giver, now, via), draftOf(taker, now), {
    cents,
    cap: cap(mostCents),
    body: (draft, _, moved) => {
      lots = moved;
      return walletBody(draft);
    },
  });
  if (!done.ok) return done;
  store(giver, done.value.giver);
  store(taker, done.value.taker);
  const made: Done = { giverSeq: done.value.giver.after.seq, takerSeq: done.value.taker.after.seq, lots };
  return { ok: true as const, value: made };
}

function undo(giver: Member, taker: Member, done: Done, now: number) {
  const { key, untilDay } = cap(0);
  const back = undoTransfer(draftOf(giver, now), draftOf(taker, now), {
    ...done,
    cap: { key, untilDay },
    body: (draft) => walletBody(draft),
  });
  if (!back.ok) return back;
  store(giver, back.value.giver);
  store(taker, back.value.taker);
  return { ok: true as const, value: back.value.cents };
}

function soundTogether(members: readonly Member[]): void {
  for (const member of members) {
    check(member);
    assert.ok(arrearsOf(member.wallet) === 0 || member.wallet.activeCents === 0, "arrears are recovered at once");
  }
  for (const [account, cents] of totals(...members)) if (account.startsWith("mv")) assert.equal(cents, 0, account);
}

/** Every funder's points, however they are distributed: issued less spent, expired and taken back. */
function outstanding(members: readonly Member[], funder: string): number {
  let cents = 0;
  for (const { lots } of members) {
    for (const lot of lots.values()) {
      const f = lot.funders.indexOf(funder);
      if (f >= 0) cents += (lot.remaining[f] as number) + (lot.held[f] as number);
    }
  }
  return cents;
}

const living = fc.array(
  fc.record({ step, isOne: fc.boolean(), gives: fc.integer({ min: 0, max: 4_000 }), undoes: fc.boolean() }),
  { maxLength: 14 },
);

test("whatever two members do and give each other, no point is lost, made, or of another funder", () => {
  fc.assert(
    fc.property(living, (acts) => {
      const [a, b] = [newMember(1001), newMember(2002)];
      const bought: [Bought[], Bought[]] = [[], []];
      const clock = newClock();
      const given: { giver: Member; taker: Member; done: Done }[] = [];
      for (const { step: each, isOne, gives, undoes } of acts) {
        act(isOne ? a : b, bought[isOne ? 0 : 1], each as Step, clock.next());
        const [giver, taker] = isOne ? [a, b] : [b, a];
        const now = clock.next();
        const before = funders.map((funder) => outstanding([a, b], funder));
        const done = gives > 0 ? give(giver, taker, gives, now) : undefined;
        if (done?.ok) given.push({ giver, taker, done: done.value });
        const last = undoes ? given.pop() : undefined;
        if (last) undo(last.giver, last.taker, last.done, now);
        soundTogether([a, b]);
        // What time has done by then is booked with it, so a funder's points may only have become fewer.
        for (const [f, funder] of funders.entries()) assert.ok(outstanding([a, b], funder) <= (before[f] as number));
      }
      for (const funder of funders) assert.equal(unexplainedCents([a, b], funder), 0);
    }),
    { numRuns: 1000 },
  );
});

test("a transfer undone at once leaves both wallets, their lots and the month's limit as they were", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 10 }),
      fc.array(step, { maxLength: 6 }),
      fc.nat(9_000),
      (one, two, cents) => {
        const [a, b] = [newMember(1001), newMember(2002)];
        const clock = newClock();
        const bought: [Bought[], Bought[]] = [[], []];
        for (const each of one) act(a, bought[0], each, clock.next());
        for (const each of two) act(b, bought[1], each, clock.next());
        const now = clock.next();
        // Books what is due, so that only the transfer is looked at.
        const warm = give(a, b, 1, now);
        if (!warm.ok) return;
        assert.ok(undo(a, b, warm.value, now).ok);
        const shown = (member: Member, upTo: number) => ({
          lots: [...member.lots.values()].filter((lot) => lot.seq <= upTo).sort((x, y) => lotKey(x) - lotKey(y)),
          sums: [member.wallet.activeCents, member.wallet.pendingCents, member.wallet.heldCents],
          debts: member.wallet.debts,
          caps: [...member.wallet.capUse].filter(([, [used]]) => used > 0),
        });
        const [seqA, seqB] = [a.wallet.seq, b.wallet.seq];
        const before = [shown(a, seqA), shown(b, seqB)];
        const done = give(a, b, cents + 1, now);
        if (!done.ok) return;
        assert.deepEqual(undo(a, b, done.value, now), { ok: true, value: cents + 1 });
        assert.deepEqual([shown(a, seqA), shown(b, seqB)], before);
        soundTogether([a, b]);
      },
    ),
    { numRuns: 1000 },
  );
});

test("points given away while two were one member are owed by the side that gave the other's", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.array(step, { maxLength: 6 }), living, (one, two, acts) => {
      const [a, b, c] = [newMember(1001), newMember(2002), newMember(3003)];
      const bought: [Bought[], Bought[]] = [[], []];
      const clock = newClock();
      for (const each of one) act(a, bought[0], each, clock.next());
      for (const each of two) act(b, bought[1], each, clock.next());
      const { survivor } = merge(a, b, clock.next());
      const base = survivor.operations.at(-1)?.facts?.state?.base ?? 0;
      for (const each of bought[1]) {
        const draws = each.draws.map(([seq, ...rest]) => [base + seq, ...rest] as const);
        Object.assign(each, { seq: base + each.seq, draws });
      }
      for (const { step: each, isOne, gives, undoes } of acts) {
        const via = isOne ? undefined : 2002;
        act(a, bought[isOne ? 0 : 1], each, clock.next(), via);
        const done = gives > 0 ? give(a, c, gives, clock.next(), 1_000_000, via) : undefined;
        if (done?.ok && undoes) undo(a, c, done.value, clock.next());
      }
      if (!unmerge(a, b, survivor.after.seq, clock.next())) return;
      soundTogether([a, b, c]);
      for (const funder of funders) assert.equal(unexplainedCents([a, b, c], funder), 0);
    }),
    { numRuns: 1000 },
  );
});

test("a transfer is refused whole: too little, above the month's limit, to somebody in arrears", () => {
  const [a, b] = [newMember(1001), newMember(2002)];
  const clock = newClock();
  const bought: Bought[] = [];
  act(a, bought, { kind: "award", n: 5_000, funder: "alfa", days: 10 }, clock.next());
  assert.deepEqual(give(a, b, 5_001, clock.next()), {
    ok: false,
    failure: { code: "insufficient-points", activeCents: 5_000 },
  });
  assert.ok(give(a, b, 1_500, clock.next(), 2_000).ok);
  assert.deepEqual(give(a, b, 501, clock.next(), 2_000), {
    ok: false,
    failure: { code: "household-limit", leftCents: 500 },
  });
  const c = newMember(3003);
  const owing: Bought[] = [];
  act(c, owing, { kind: "buy", n: 900, funder: "beta", days: 10 }, clock.next());
  assert.ok(give(c, b, 900, clock.next()).ok);
  act(c, owing, { kind: "return", n: 1, funder: "beta", days: 10 }, clock.next());
  assert.equal(arrearsOf(c.wallet), 900, "what was given away is missing when the purchase is returned");
  assert.deepEqual(give(a, c, 100, clock.next()), {
    ok: false,
    failure: { code: "member-in-arrears" },
  });
  soundTogether([a, b, c]);
});
