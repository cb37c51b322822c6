import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY_MS } from "#kernel/time.ts";
import {
  check,
  draftOf,
  funders,
  type Member,
  merge,
  newClock,
  newMember,
  store,
  totals,
  unexplainedCents,
  unmerge,
} from "../testing/members.ts";
import { walletBody } from "./book-due.ts";
import { finish } from "./draft.ts";
import { captureHold, placeHold, voidHold } from "./holds.ts";
import { purchase } from "./purchase.ts";
import { departureOf, type Place } from "./relocate.ts";
import { returnPurchase } from "./return-purchase.ts";
import type { LotShare } from "./wallet.ts";

/**
 * Several people who become one in any order and depth and are told apart again, while they buy, spend, hold and bring things
 * back: whoever a receipt ends with can return it, and each stream is what `verify` makes of it.
 */
const FAMILY = 4;
const who = fc.nat(FAMILY - 1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("buy" as const),
      who,
      cents: fc.integer({ min: 1, max: 999 }),
      /** So many thirds of what there is. */
      spend: fc.nat(3),
      funder: fc.constantFrom(...funders),
      days: fc.nat(9),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("return" as const), pick: fc.nat(30), inPoints: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      who,
      cents: fc.integer({ min: 1, max: 300 }),
      ends: fc.nat(2),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("merge" as const), who, with: who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("unmerge" as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Receipt = Place & {
  readonly seq: number;
  readonly earned: number;
  readonly funder: string;
  readonly spent: number;
  readonly draws: readonly LotShare[];
  isBack: boolean;
};

type Family = { readonly people: readonly Member[]; readonly receipts: Receipt[]; readonly tally: Map<string, number> };

const idOf = (index: number) => 1001 * (index + 1);
const of = ({ people }: Family, id: number) => people[id / 1001 - 1] as Member;

/** Who answers for a member, and what to add to the member's own numbers. */
function survivorOf(family: Family, id: number): { readonly member: Member; readonly shift: number } {
  let member = of(family, id);
  let shift = 0;
  while (member.wallet.mergedInto !== undefined) {
    shift += member.wallet.mergedBase ?? 0;
    member = of(family, member.wallet.mergedInto);
  }
  return { member, shift };
}

const viaOf = (member: Member, named: number) => (member.wallet.member === named ? undefined : named);

/** Where a receipt is now, and its numbers there. */
function locate(family: Family, receipt: Receipt) {
  let place: Place = receipt;
  let renumber = (seq: number) => seq;
  for (;;) {
    const at = renumber(receipt.seq);
    const later = of(family, place.member).operations.filter(({ kind, seq }) => kind === "unmerge" && seq > at);
    const departure = departureOf(
      later.flatMap(({ facts }) => facts?.state ?? []),
      place,
    );
    if (!departure) break;
    const before = renumber;
    renumber = (seq) => departure.renumber(before(seq));
    place = departure.to;
  }
  const { member, shift } = survivorOf(family, place.member);
  return { member, via: viaOf(member, place.member), renumber: (seq: number) => shift + renumber(seq) };
}

function buy(family: Family, each: Extract<Step, { do: "buy" }>, now: number): boolean {
  const named = idOf(each.who);
  const { member } = survivorOf(family, named);
  const via = viaOf(member, named);
  const draft = draftOf(member, now, via);
  const expiresAt = now + (each.days + 1) * DAY_MS;
  const part = {
    availableAt: each.days > 7 ? now + DAY_MS / 2 : now,
    expiresAt,
    funders: [each.funder],
    amountCents: [each.cents],
  };
  const capUse = [[`cap-${each.funder}`, each.cents, Math.floor(now / DAY_MS) + 30] as const];
  const spent = Math.floor((member.wallet.activeCents * each.spend) / 3);
  const command = { partner: "alfa", at: now, receiptId: "rcp", programmeVersion: 1, capUse };
  const drawn = purchase(draft, { ...command, spendCents: spent, earned: [part], body: walletBody });
  if (!drawn.ok) return false;
  store(member, finish(draft));
  const { seq } = draft;
  const receipt = { seq, via, earned: each.cents, funder: each.funder, spent, draws: drawn.value };
  family.receipts.push({ ...receipt, member: member.wallet.member, isBack: false });
  return true;
}

function giveBack(family: Family, pick: number, inPoints: boolean, now: number): boolean {
  const open = family.receipts.filter(({ isBack }) => !isBack);
  const receipt = open[pick % Math.max(1, open.length)];
  if (!receipt) return false;
  const { member, via, renumber } = locate(family, receipt);
  const draft = draftOf(member, now, via);
  const seq = renumber(receipt.seq);
  const returned = returnPurchase(draft, {
    purchase: {
      seq,
      partner: "alfa",
      lineKopecks: [receipt.spent + 300],
      spentByLineCents: [receipt.spent],
      draws: receipt.draws.map(([lot, part, funder, cents]): LotShare => [renumber(lot), part, funder, cents]),
      earned: [{ funders: [receipt.funder], lineCents: [[receipt.earned]] }],
    },
    ...{ returned: member.returned.get(seq), partner: "alfa", at: now, receiptId: "rcp", programmeVersion: 1 },
    ...{ lines: "all", kopecksPerPoint: 100, expiredPolicy: { kind: "original" }, body: walletBody },
    ...(inPoints ? { refundInPoints: { availableAt: now, expiresAt: now + 9 * DAY_MS } } : {}),
  });
  assert.ok(returned.ok);
  store(member, finish(draft));
  receipt.isBack = true;
  return true;
}

function hold(family: Family, each: Extract<Step, { do: "hold" }>, now: number): boolean {
  const named = idOf(each.who);
  const { member } = survivorOf(family, named);
  const draft = draftOf(member, now, viaOf(member, named));
  const held = placeHold(draft, {
    partner: "beta",
    pointsCents: each.cents,
    expiresAt: now + DAY_MS,
    body: walletBody,
  });
  if (!held.ok) return false;
  store(member, finish(draft));
  if (each.ends === 0) return true;
  const end = draftOf(member, now);
  const holdSeq = held.value.seq;
  const ended =
    each.ends === 1
      ? captureHold(end, { holdSeq, pointsCents: each.cents, body: walletBody })
      : voidHold(end, { holdSeq, body: walletBody });
  assert.ok(ended.ok);
  store(member, finish(end));
  return true;
}

function join(family: Family, each: Extract<Step, { do: "merge" }>, now: number): boolean {
  const one = survivorOf(family, idOf(each.who)).member;
  const two = survivorOf(family, idOf(each.with)).member;
  if (one === two) return false;
  merge(one, two, now);
  return true;
}

function part(family: Family, index: number, now: number): boolean {
  const goes = of(family, idOf(index));
  const { mergedInto, mergedBase = 0, seq, member } = goes.wallet;
  if (mergedInto === undefined) return false;
  const stays = of(family, mergedInto);
  if (stays.wallet.mergedInto !== undefined) return false;
  const others = family.people
    .map(({ wallet }) => wallet.member)
    .filter((id) => id !== member && isUnder(family, id, member));
  return unmerge(stays, goes, mergedBase + seq + 1, now, others);
}

function isUnder(family: Family, id: number, top: number): boolean {
  let at: number | undefined = id;
  while (at !== undefined && at !== top) at = of(family, at).wallet.mergedInto;
  return at === top;
}

function live(family: Family, each: Step, now: number): boolean {
  switch (each.do) {
    case "buy":
      return buy(family, each, now);
    case "return":
      return giveBack(family, each.pick, each.inPoints, now);
    case "hold":
      return hold(family, each, now);
    case "merge":
      return join(family, each, now);
    case "unmerge":
      return part(family, each.who, now);
  }
}

test("whoever became one with whom, in any depth: every receipt can be returned and no point is lost", (t) => {
  const tally = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), (steps) => {
      const family: Family = {
        people: Array.from({ length: FAMILY }, (_, i) => newMember(idOf(i))),
        receipts: [],
        tally,
      };
      const clock = newClock();
      for (const each of steps) {
        const name = live(family, each, clock.next()) ? each.do : `${each.do} refused`;
        tally.set(name, (tally.get(name) ?? 0) + 1);
      }
      assertSound(family);
      for (let depth = 0; depth < FAMILY; depth++) {
        for (let i = 0; i < FAMILY; i++) part(family, i, clock.next());
      }
      assertSound(family);
      while (giveBack(family, 0, false, clock.next()));
      assertSound(family);
    }),
    { numRuns: 1000 },
  );
  t.diagnostic([...tally].map(([what, count]) => `${what} ${count}`).join(", "));
});

function assertSound(family: Family): void {
  for (const member of family.people) check(member);
  for (const [account, cents] of totals(...family.people)) {
    if (account.startsWith("mv")) assert.equal(cents, 0, account);
  }
  for (const funder of funders) assert.equal(unexplainedCents(family.people, funder), 0);
}
