import type { MemberId, PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { bookDue } from "./book-due.ts";
import { type Draft, factsOf, finish, insertLot, lotKey, moveInLot, setHold, setTrait, touchLot } from "./draft.ts";
import { isSameTrait, type MergeChanges, moveLot, record, renumberShares, traitFromRow } from "./merge.ts";
import type { ReturnedState } from "./operation.ts";
import { recoverArrears } from "./recover.ts";
import { findShare } from "./release-held.ts";
import { renumberOf } from "./relocate.ts";
import { splitCapUse, splitFirstPurchases } from "./split-lists.ts";
import { debtRow, type Lived, type StateFacts, stateOf, type Undone } from "./state-facts.ts";
import { type CrossingSpend, type Crossings, type HistoryOperation, traceCrossings } from "./trace-crossings.ts";
import { type Debt, type Hold, type Lot, zeros } from "./wallet.ts";

export type UnmergeCommand = {
  /** The member that goes and those merged into it before: their identifiers go with it. */
  readonly members: ReadonlySet<MemberId>;
  /** The survivor's operations from the merge on. */
  readonly history: readonly HistoryOperation[];
  /** What has been returned of the survivor's purchases. */
  readonly returned: ReadonlyMap<number, ReturnedState>;
  readonly body: (draft: Draft, role: "survivor" | "merged") => string;
};

/** A hold took points of both, or one side's identifier holds the other's points: it has to end first. */
export type UnmergeFailure = { readonly code: "hold-across"; readonly holdSeq: number };

/**
 * Takes two members apart (docs/decisions/0010). Both drafts hold all lots. Every operation since the merge goes with the
 * identifier it was made with, its lots, returns and use of caps too. Where one spent the other's lot it stays spent: the
 * spender owes its funder, and the owner has the points anew. Where one's lot paid the other's debt, the debt is back.
 */
export function unmergeWallets(
  survivor: Draft,
  merged: Draft,
  command: UnmergeCommand,
): Result<MergeChanges, UnmergeFailure> {
  bookDue(survivor);
  const goes = merged.before.member;
  const state = command.history[0]?.facts?.state as StateFacts;
  const [base, count] = [state.base as number, state.count as number];
  const booked = survivor.operations.slice();
  const waiting = { ...NOBODY, seq: survivor.seq + 1, movements: survivor.movements.slice() };
  const crossings = traceCrossings([...command.history, ...booked, waiting], command.members, goes);
  const { sideOf } = crossings;
  const across = survivor.holds.find((hold) => hold.items.some(([seq]) => sideOf(seq) !== sideOf(hold.seq)));
  if (across) return err({ code: "hold-across", holdSeq: across.seq });

  const shift = merged.seq;
  const renumber = renumberOf(base, count, shift);
  merged.seq = shift + survivor.seq;
  for (const spend of crossings.spends) giveBack(survivor, spend, spend.redeemer);
  for (const recovery of crossings.recoveries) giveBack(survivor, recovery, recovery.creditor);
  splitDebts(survivor, merged, crossings, renumber);
  restoreDebts(survivor, merged, crossings, renumber);
  splitLots(survivor, merged, crossings, renumber);
  oweSpends(survivor, crossings.spends, "stays", (seq) => seq);
  oweSpends(merged, crossings.spends, "goes", renumber, survivor);
  splitHolds(survivor, merged, crossings, renumber);
  splitCapUse(survivor, merged, state, command.history, crossings);
  splitFirstPurchases(survivor, merged, state, command.history, crossings);
  takeTraitsBack(survivor, state);
  for (const [seq, returned] of command.returned) {
    if (sideOf(seq) === "goes") merged.returned.push({ purchaseSeq: renumber(seq), state: returned });
  }
  const members = [...command.members];
  const numbers = { base, count, shift, members };
  const stays = { ...recoverAndShow(survivor), waiting: waiting.movements.length, undone: undoneOf(crossings) };
  const lived = members.length > 1 ? { lived: renumberLived(crossings.lived, renumber) } : {};
  factsOf(survivor).state = { status: "open", ...stays, with: goes, ...numbers };
  factsOf(merged).state = {
    status: "open",
    ...recoverAndShow(merged),
    with: survivor.before.member,
    ...numbers,
    ...lived,
  };
  record(survivor, "unmerge", (draft) => command.body(draft, "survivor"));
  record(merged, "unmerge", (draft) => command.body(draft, "merged"));
  const change = finish(merged);
  const { mergedInto: _, mergedBase: __, ...after } = change.after;
  return ok({ survivor: finish(survivor), merged: { ...change, after: { ...after, status: "open" } } });
}

/** What is left once arrears are recovered, and what was owed before. */
function recoverAndShow(draft: Draft) {
  const owing = draft.debts.map(debtRow);
  const settled = draft.movements.length;
  recoverArrears(draft);
  return { ...stateOf(draft), owing, settled };
}

/** Of the spends of the one that stays nothing is undone: its row of the lot that goes keeps them. */
function undoneOf({ spends, recoveries }: Crossings): Undone {
  return {
    spends: spends
      .filter(({ spender }) => spender === "goes")
      .map(({ lotSeq, part, funder, redeemer, cents }) => [lotSeq, part, funder, redeemer, cents]),
    recoveries: recoveries.map(({ lotSeq, part, funder, creditor, sinceSeq, cents }) => [
      lotSeq,
      part,
      funder,
      creditor,
      sinceSeq,
      cents,
    ]),
  };
}

function renumberLived({ made, spends, recoveries }: Lived, renumber: (seq: number) => number): Lived {
  return {
    made: made.map(([seq, via, cites]) => [renumber(seq), via, cites === 0 ? 0 : renumber(cites)]),
    spends: spends.map(([bySeq, lotSeq, ...rest]) => [renumber(bySeq), renumber(lotSeq), ...rest]),
    recoveries: recoveries.map(([lotSeq, part, funder, creditor, sinceSeq, cents]) => [
      renumber(lotSeq),
      part,
      funder,
      creditor,
      renumber(sinceSeq),
      cents,
    ]),
  };
}

/** Activations that wait for the next operation may have paid debts too. */
const NOBODY = { kind: "standing", partner: "", occurredAt: 0, facts: null } as const;

function giveBack(
  draft: Draft,
  share: { readonly lotSeq: number; readonly part: number; readonly funder: PartnerId; readonly cents: PointsCents },
  redeemer: PartnerId | null,
): void {
  const { lotIndex, funderIndex } = findShare(draft, share.lotSeq, share.part, share.funder);
  moveInLot(draft, lotIndex, funderIndex, redeemer === null ? "mv" : "re", "ac", share.cents, redeemer);
  const hasExpired = (draft.lots[lotIndex] as Lot).expiresAt <= draft.context.now;
  if (hasExpired) moveInLot(draft, lotIndex, funderIndex, "ac", "ex", share.cents);
}

function splitDebts(survivor: Draft, merged: Draft, crossings: Crossings, renumber: (seq: number) => number): void {
  const stays: Debt[] = [];
  for (const debt of survivor.debts) {
    if (crossings.sideOf(debt.sinceSeq) === "stays") stays.push(debt);
    else {
      survivor.movements.push(["mv", "ar", 0, 0, debt.funder, null, debt.cents]);
      merged.movements.push(["ar", "mv", 0, 0, debt.funder, null, debt.cents]);
      merged.debts.push({ ...debt, sinceSeq: renumber(debt.sinceSeq) });
    }
  }
  survivor.debts = stays;
}

/** A debt that the other's lots had paid is owed again, in its old place. */
function restoreDebts(survivor: Draft, merged: Draft, crossings: Crossings, renumber: (seq: number) => number): void {
  for (const { debtor, creditor, cents, sinceSeq } of crossings.recoveries) {
    const draft = debtor === "goes" ? merged : survivor;
    const since = debtor === "goes" ? renumber(sinceSeq) : sinceSeq;
    draft.movements.push(["ar", "ob", 0, 0, creditor, null, cents]);
    const known = draft.debts.findIndex((debt) => debt.sinceSeq === since && debt.funder === creditor);
    if (known >= 0) {
      const debt = draft.debts[known] as Debt;
      draft.debts[known] = { ...debt, cents: debt.cents + cents };
      continue;
    }
    const isLater = (debt: Debt) => debt.sinceSeq > since || (debt.sinceSeq === since && debt.funder > creditor);
    const at = draft.debts.findIndex(isLater);
    draft.debts.splice(at < 0 ? draft.debts.length : at, 0, { funder: creditor, cents, sinceSeq: since });
  }
}

function splitLots(survivor: Draft, merged: Draft, crossings: Crossings, renumber: (seq: number) => number): void {
  for (let i = 0; i < survivor.lots.length; i++) {
    const lot = survivor.lots[i] as Lot;
    if (crossings.sideOf(lot.seq) === "stays") continue;
    const back = { ...lot, seq: renumber(lot.seq) };
    moveLot(survivor, i, merged, back);
    const at = merged.lots.findIndex((known) => known.seq === back.seq && known.part === back.part);
    if (at >= 0) {
      merged.lots[at] = back;
      touchLot(merged, back);
    } else {
      insertLot(merged.lots, back);
      merged.newLots.add(lotKey(back));
    }
  }
}

/**
 * What `side` spent of the other's lots: issued to it, spent where it was spent, and owed to the funder. The survivor
 * keeps it in the row it drew from; the one that goes gets a lot under the number that its draws now have.
 */
function oweSpends(
  draft: Draft,
  spends: readonly CrossingSpend[],
  side: CrossingSpend["spender"],
  renumber: (seq: number) => number,
  owner: Draft = draft,
): void {
  const owed = new Map<PartnerId, PointsCents>();
  for (const { spender, lotSeq, part, funder, redeemer, cents } of spends) {
    if (spender !== side) continue;
    const seq = renumber(lotSeq);
    const index = ensureSpentLot(draft, owner, lotSeq, part, seq, funder);
    const lot = draft.lots[index] as Lot;
    const f = lot.funders.indexOf(funder);
    const spent = lot.spent.map((value, i) => (i === f ? value + cents : value));
    const amount = owner === draft ? lot.amount : lot.amount.map((value, i) => (i === f ? value + cents : value));
    draft.lots[index] = { ...lot, spent, amount };
    touchLot(draft, lot);
    draft.movements.push(
      ["ob", "ac", seq, part, funder, null, cents],
      ["ac", redeemer === null ? "mv" : "re", seq, part, funder, redeemer, cents],
    );
    draft.movements.push(["ar", "ob", seq, part, funder, null, cents]);
    owed.set(funder, (owed.get(funder) ?? 0) + cents);
  }
  for (const funder of [...owed.keys()].sort()) {
    draft.debts.push({ funder, cents: owed.get(funder) as number, sinceSeq: draft.seq + 1 });
  }
}

function ensureSpentLot(draft: Draft, owner: Draft, lotSeq: number, part: number, seq: number, funder: string): number {
  const known = draft.lots.findIndex((lot) => lot.seq === seq && lot.part === part);
  if (known >= 0 && draft.lots[known]?.funders.includes(funder)) return known;
  const lot = owner.lots.find((each) => each.seq === lotSeq && each.part === part);
  invariant(lot && known < 0, "a lot that was spent is loaded");
  const none = zeros(lot.funders.length);
  const empty = { remaining: none, held: none, spent: none, expired: none, takenBack: none };
  insertLot(draft.lots, { ...lot, seq, amount: none, ...empty, isActive: true });
  draft.newLots.add(lotKey({ seq, part }));
  return draft.lots.findIndex((each) => each.seq === seq && each.part === part);
}

function splitHolds(survivor: Draft, merged: Draft, crossings: Crossings, renumber: (seq: number) => number): void {
  for (const hold of survivor.holds.slice()) {
    if (crossings.sideOf(hold.seq) === "stays") continue;
    const moved: Hold = { ...hold, seq: renumber(hold.seq), items: renumberShares(hold.items, renumber) };
    setHold(survivor, { ...hold, state: "moved" });
    setHold(merged, moved);
  }
}

/** What came with the merge goes; what it overwrote is as it was. Traits begun since stay with the survivor. */
function takeTraitsBack(survivor: Draft, state: StateFacts): void {
  const own = (state.own?.traits ?? []).map(traitFromRow);
  for (const row of state.joined?.traits ?? []) {
    const trait = traitFromRow(row);
    const before = own.find((each) => isSameTrait(each, trait));
    const now = survivor.traits.find((each) => isSameTrait(each, trait));
    if (!now || (before && before.untilAt === now.untilAt)) continue;
    setTrait(survivor, before ?? { ...trait, untilAt: trait.fromAt });
  }
}
