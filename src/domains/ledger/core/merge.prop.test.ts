import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  act,
  type Bought,
  check,
  draftOf,
  funders,
  lastState,
  merge,
  newClock,
  newMember,
  START,
  shown,
  step,
  steps,
  store,
  totals,
  unexplainedCents,
  unmerge,
} from "../testing/members.ts";
import { award } from "./award.ts";
import { walletBody } from "./book-due.ts";
import { finish, setTrait } from "./draft.ts";
import { arrearsOf } from "./wallet.ts";

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
    { numRuns: 1000 },
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
    { numRuns: 1000 },
  );
});
