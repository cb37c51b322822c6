import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Day } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { addCapUse, addLot, type Change, type Draft, finish, moveInLot, recordOperation } from "./draft.ts";
import { drawActive, drawableCents } from "./draw.ts";
import { recoverArrears } from "./recover.ts";
import { type Lot, type LotShare, sum } from "./wallet.ts";

/** Use of what a member may give its household in a month: a cap of the giver's, by month. */
export const HOUSEHOLD_CAP = "household";

/** A lot that the taker got, and the giver's that it was a part of; the same funders in the same order. */
export type TransferredLot = {
  readonly part: number;
  readonly fromSeq: number;
  readonly fromPart: number;
  readonly funders: readonly PartnerId[];
  readonly cents: readonly PointsCents[];
};

export type TransferCommand = {
  readonly cents: PointsCents;
  /** Of the giver's cap: its key in this month, its last day, and the most that it may reach. */
  readonly cap: { readonly key: string; readonly untilDay: Day; readonly mostCents: PointsCents };
  readonly body: (draft: Draft, role: "giver" | "taker", lots: readonly TransferredLot[]) => string;
};

export type TransferFailure =
  | { readonly code: "insufficient-points"; readonly activeCents: PointsCents }
  | { readonly code: "household-limit"; readonly leftCents: PointsCents }
  /** Points that come to a member in arrears are its creditor's at once: nobody gives for that. */
  | { readonly code: "member-in-arrears" }
  | { readonly code: "too-many-lots"; readonly mostLots: number }
  | { readonly code: "nothing-left" };

/** Both members' changes, posted together or not at all. */
export type TransferChanges = {
  readonly giver: Change;
  readonly taker: Change;
  readonly cents: PointsCents;
};

/** Parts of an operation are fewer than 64 (`lotKey`). */
const MOST_LOTS = 60;

/**
 * Moves active points from one wallet to another of the same household (docs/decisions/0011), in the order of consumption. Every
 * point keeps its funder, its expiry and when it was earned, so what it costs whom when it is spent stays the same.
 */
export function transferPoints(
  giver: Draft,
  taker: Draft,
  command: TransferCommand,
): Result<TransferChanges, TransferFailure> {
  bookDue(giver);
  bookDue(taker);
  const { cents, cap } = command;
  if (taker.debts.length > 0) return err({ code: "member-in-arrears" });
  const activeCents = drawableCents(giver);
  if (activeCents < cents) return err({ code: "insufficient-points", activeCents });
  const leftCents = Math.max(0, cap.mostCents - (giver.capUse.get(cap.key)?.[0] ?? 0));
  if (leftCents < cents) return err({ code: "household-limit", leftCents });
  const lots = gather(drawActive(giver, cents, "mv", null));
  if (lots.length > MOST_LOTS) return err({ code: "too-many-lots", mostLots: MOST_LOTS });
  for (const { part, fromSeq, fromPart, funders, cents: amount } of lots) {
    const { earnedAt, availableAt, expiresAt } = giver.lots.find(isLot(fromSeq, fromPart)) as Lot;
    addLot(taker, { part, earnedAt, availableAt, expiresAt, funders, amount, from: "mv" });
  }
  addCapUse(giver, [[cap.key, cents, cap.untilDay]]);
  record(giver, (draft) => command.body(draft, "giver", lots));
  record(taker, (draft) => command.body(draft, "taker", lots));
  return ok({ giver: finish(giver), taker: finish(taker), cents });
}

export type UndoCommand = {
  /** The operation of the transfer in each stream. */
  readonly giverSeq: number;
  readonly takerSeq: number;
  readonly lots: readonly TransferredLot[];
  /** Where the giver's cap counts it; absent once its month is over. */
  readonly cap?: { readonly key: string; readonly untilDay: Day };
  readonly body: (draft: Draft, role: "giver" | "taker", cents: PointsCents) => string;
};

/** Gives back what is left of a transfer: what was spent, held or has expired stays. The drafts hold closed lots too. */
export function undoTransfer(
  giver: Draft,
  taker: Draft,
  command: UndoCommand,
): Result<TransferChanges, TransferFailure> {
  bookDue(giver);
  bookDue(taker);
  let cents = 0;
  for (const { part, fromSeq, fromPart, funders } of command.lots) {
    for (const funder of funders) {
      const from = shareOf(taker, command.takerSeq, part, funder);
      const to = shareOf(giver, fromSeq, fromPart, funder);
      // Lots that have gone to another wallet by an unmerge are empty where they were.
      const left = from?.lot.isActive && to ? Math.min(from.lot.remaining[from.f] ?? 0, to.lot.spent[to.f] ?? 0) : 0;
      if (left === 0 || !from || !to) continue;
      moveInLot(taker, from.l, from.f, "ac", "mv", left);
      moveInLot(giver, to.l, to.f, "mv", "ac", left);
      cents += left;
    }
  }
  if (cents === 0) return err({ code: "nothing-left" });
  const { cap } = command;
  if (cap) addCapUse(giver, [[cap.key, -Math.min(cents, giver.capUse.get(cap.key)?.[0] ?? 0), cap.untilDay]]);
  recoverArrears(giver);
  record(giver, (draft) => command.body(draft, "giver", cents), command.giverSeq);
  record(taker, (draft) => command.body(draft, "taker", cents), command.takerSeq);
  return ok({ giver: finish(giver), taker: finish(taker), cents });
}

/** Shares of one lot together; funders sorted, as lots keep them. */
function gather(shares: readonly LotShare[]): TransferredLot[] {
  const lots: { part: number; fromSeq: number; fromPart: number; funders: PartnerId[]; cents: PointsCents[] }[] = [];
  for (const [fromSeq, fromPart, funder, cents] of shares) {
    let lot = lots.find((each) => each.fromSeq === fromSeq && each.fromPart === fromPart);
    if (!lot) {
      lot = { part: lots.length, fromSeq, fromPart, funders: [], cents: [] };
      lots.push(lot);
    }
    const at = lot.funders.findIndex((known) => known > funder);
    lot.funders.splice(at < 0 ? lot.funders.length : at, 0, funder);
    lot.cents.splice(at < 0 ? lot.cents.length : at, 0, cents);
  }
  return lots;
}

function shareOf(draft: Draft, seq: number, part: number, funder: PartnerId) {
  const l = draft.lots.findIndex(isLot(seq, part));
  const lot = draft.lots[l];
  const f = lot?.funders.indexOf(funder) ?? -1;
  return lot && f >= 0 ? { lot, l, f } : undefined;
}

const isLot = (seq: number, part: number) => (lot: Lot) => lot.seq === seq && lot.part === part;

function record(draft: Draft, body: (draft: Draft) => string, citesSeq?: number): void {
  const { now, operator, calendar } = draft.context;
  const cites = citesSeq === undefined ? {} : { citesSeq };
  const header = { kind: "transfer", partner: operator, occurredAt: now, businessDay: calendar.dayOf(now) } as const;
  recordOperation(draft, { ...header, ...cites }, body);
}

/** Points in a transfer's lots. */
export function transferredCents(lots: readonly TransferredLot[]): PointsCents {
  return lots.reduce((total, lot) => total + sum(lot.cents), 0);
}
