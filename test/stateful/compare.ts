import assert from "node:assert/strict";
import type { Pool } from "pg";
import type { LedgerReads } from "#domains/ledger/http/index.ts";
import { lotIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import { type Ledger, lotsAt, memberOf, walletAt } from "../model/ledger.ts";
import { canonicalMovements, walletOf } from "../model/reads.ts";
import { replay } from "../model/replay.ts";
import { sum } from "../model/split.ts";
import { accountingFaults } from "../model/truths.ts";
import type { Entry, Member, Operation } from "../model/types.ts";
import { readStored, type Stored, type StoredLot, type StoredOperation } from "./stored.ts";

/** Compares all that is stored of a member with the model; `known` keeps the operations read so far. */
export async function compareMember(pool: Pool, ledger: Ledger, id: number, known: StoredOperation[]): Promise<void> {
  const stored = await readStored(pool, id, known.length);
  known.push(...stored.operations);
  const member = memberOf(ledger, id);
  const operations = ledger.operations.filter((operation) => operation.member === id);
  assert.deepEqual(known.map(describeStored), operations.map(describeStored), `operations of ${id}`);
  compareProjection(stored, member);
  checkByMovements(stored, known);
}

/** What a member is shown now, computed past whatever is stored, against the model at this instant. */
export async function compareReads(reads: LedgerReads, ledger: Ledger, id: number, now: number): Promise<void> {
  const wallet = await reads.wallet(id);
  assert.ok(wallet, "a member has a wallet");
  const { activeCents, pendingCents, heldCents, arrearsCents } = wallet;
  assert.deepEqual(
    { activeCents, pendingCents, heldCents, arrearsCents },
    walletAt(ledger, id, now),
    "the wallet read now",
  );
  const page = await reads.lots(id, { limit: 1_000, isOpen: true });
  const shown = (page?.items ?? []).map((lot) =>
    [lot.id, lot.funder, lot.state, lot.amount, lot.remaining, lot.held, lot.expiresAt ?? "never"].join(" "),
  );
  const order = funderOrder(memberOf(ledger, id));
  const expected = lotsAt(ledger, id, now).map((e) => {
    const lot = { member: id, seq: e.seq, part: e.part, index: order(e) };
    const until = e.expiresAt === null ? "never" : formatInstant(e.expiresAt);
    return [lotIds.format(lot), e.funder, e.active ? "active" : "pending", e.amount, e.remaining, e.held, until].join(
      " ",
    );
  });
  assert.deepEqual(shown.filter((lot) => !/ 0 0 \S+$/.test(lot)).sort(), expected.sort(), "the lots read now");
}

/** The place of a funder among those of its lot's part. */
function funderOrder(member: Member): (of: Entry) => number {
  return (of) =>
    member.entries
      .filter((entry) => entry.seq === of.seq && entry.part === of.part)
      .map((entry) => entry.funder)
      .indexOf(of.funder);
}

function describeStored(operation: StoredOperation | Operation): unknown {
  const { seq, kind, occurredAt, businessDay, accountingDay, citesSeq, movements } = operation;
  return { seq, kind, occurredAt, businessDay, accountingDay, citesSeq, movements: canonicalMovements(movements) };
}

function compareProjection(stored: Stored, member: Member): void {
  const wallet = walletOf(member);
  const { nextChangeAt, ...sums } = stored.wallet;
  // Too early only costs a look at the lots; too late would show sums of yesterday.
  const due = nextChange(member);
  assert.ok(due === null || (nextChangeAt !== null && nextChangeAt <= due), `next change ${nextChangeAt}, due ${due}`);
  assert.deepEqual(
    sums,
    {
      seq: member.seq,
      activeCents: wallet.activeCents,
      pendingCents: wallet.pendingCents,
      heldCents: wallet.heldCents,
      arrears: member.debts.map((debt) => [debt.funder, debt.cents, debt.since]),
    },
    "wallet",
  );
  const entries = member.entries.map((e) =>
    lotLine(e, [e.amount, e.remaining, e.held, e.spent, e.expired, e.takenBack], e.active),
  );
  assert.deepEqual(stored.lots.flatMap(lotLines).sort(), entries.sort(), "lots");
  const holds = member.holds.map((hold) => ({
    seq: hold.seq,
    state: hold.state,
    items: hold.items.map((i) => `${i.seq}.${i.part} ${i.funder} ${i.cents}`).sort(),
  }));
  const storedHolds = stored.holds.map((hold) => ({
    seq: hold.seq,
    state: hold.state,
    items: (JSON.parse(hold.items) as [number, number, string, number][])
      .map(([s, p, f, c]) => `${s}.${p} ${f} ${c}`)
      .sort(),
  }));
  assert.deepEqual(storedHolds, holds, "holds");
}

/** When something changes by itself: what a read must look at before it trusts the stored sums. */
function nextChange(member: Member): number | null {
  const instants: number[] = [];
  for (const entry of member.entries) {
    if (entry.remaining === 0) continue;
    if (entry.activatesAt !== null) instants.push(entry.activatesAt);
    if (entry.expiresAt !== null) instants.push(entry.expiresAt);
  }
  for (const hold of member.holds) if (hold.state === "open") instants.push(hold.expiresAt);
  return instants.length === 0 ? null : Math.min(...instants);
}

type LotName = {
  readonly seq: number;
  readonly part: number;
  readonly funder: string;
  readonly expiresAt: number | null;
};

function lotLine(lot: LotName & { earnedAt: number }, sums: readonly number[], isActive: boolean): string {
  const [, remaining] = sums;
  const state = remaining === 0 ? "empty" : isActive ? "active" : "pending";
  return `${lot.seq}.${lot.part} ${lot.funder} earned ${lot.earnedAt} until ${lot.expiresAt} ${state} ${sums.join(" ")}`;
}

function lotLines(lot: StoredLot): string[] {
  const open = lot.remaining.some((cents) => cents > 0) || (lot.held?.some((cents) => cents > 0) ?? false);
  assert.equal(lot.isOpen, open, `lot ${lot.seq}.${lot.part} is open while something is in it`);
  return lot.funders.map((funder, i) =>
    lotLine(
      { ...lot, funder },
      [lot.amount, lot.remaining, lot.held, lot.spent, lot.expired, lot.takenBack].map((column) => column?.[i] ?? 0),
      lot.isActive,
    ),
  );
}

/** Truths 1 to 3 on the stored rows alone: the movements rebuild exactly the lots, sums and arrears beside them. */
function checkByMovements(stored: Stored, operations: readonly StoredOperation[]): void {
  const { entries, arrears, faults } = replay(operations);
  assert.deepEqual([...faults, ...accountingFaults(operations)], []);
  const rebuilt = entries.map(
    (e) =>
      `${e.seq}.${e.part} ${e.funder} ${[e.amount, e.pending + e.active, e.held, e.spent, e.expired, e.takenBack].join(" ")}`,
  );
  const kept = stored.lots.flatMap((lot) =>
    lot.funders.map((funder, i) => {
      const sums = [lot.amount, lot.remaining, lot.held, lot.spent, lot.expired, lot.takenBack].map((c) => c?.[i] ?? 0);
      return `${lot.seq}.${lot.part} ${funder} ${sums.join(" ")}`;
    }),
  );
  assert.deepEqual(kept.sort(), rebuilt.sort(), "lots by their movements");
  assert.equal(stored.wallet.activeCents, sum(entries.map((entry) => entry.active)), "active by movements");
  assert.equal(stored.wallet.pendingCents, sum(entries.map((entry) => entry.pending)), "pending by movements");
  assert.equal(stored.wallet.heldCents, sum(entries.map((entry) => entry.held)), "held by movements");
  for (const [funder, cents] of arrears) {
    assert.equal(
      sum(stored.wallet.arrears.filter((debt) => debt[0] === funder).map((debt) => debt[1])),
      cents,
      "arrears",
    );
  }
}
