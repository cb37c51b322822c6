import type { Bucket, MemberId, PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { addCapUse, addLot, type Draft, factsOf, moveInLot, recordOperation } from "./draft.ts";
import { takePart } from "./draw.ts";
import type { ReturnedState } from "./operation.ts";
import { compareShares } from "./order.ts";
import { recoverArrears } from "./recover.ts";
import { findShare } from "./release-held.ts";
import type { Lot, LotShare } from "./wallet.ts";

/** What the purchase's body says of it, as far as a return needs it. */
export type PurchaseFacts = {
  readonly seq: number;
  readonly partner: PartnerId;
  readonly lineKopecks: readonly Kopecks[];
  /** Points paid on each line, in kopecks of the line and in cents of a point. */
  readonly spentByLineCents: readonly PointsCents[];
  readonly draws: readonly LotShare[];
  /** Per part of what was earned: funders and `lineCents[line][funder]`. */
  readonly earned: readonly {
    readonly funders: readonly PartnerId[];
    readonly lineCents: readonly (readonly PointsCents[])[];
  }[];
};

export type ReturnCommand = {
  readonly purchase: PurchaseFacts;
  readonly returned: ReturnedState | undefined;
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly receiptId: string;
  readonly programmeVersion: number;
  readonly lines: readonly { readonly line: number; readonly amountKopecks: Kopecks }[] | "all";
  /** Kopecks that one whole point pays for, to tell points from money in the refund. */
  readonly kopecksPerPoint: number;
  readonly expiredPolicy: { readonly kind: "original" } | { readonly kind: "grace"; readonly graceExpiresAt: EpochMs };
  /** Where the purchase stands when that is another stream: its member was merged, or has been taken apart since. */
  readonly cited?: readonly [Bucket, MemberId, number];
  /** A refund in points: the money part becomes an award by the seller. */
  readonly refundInPoints?: { readonly availableAt: EpochMs; readonly expiresAt: EpochMs };
  /** What of the purchase's use of caps and budgets comes back, told how many kopecks of each line are back. */
  readonly giveBack?: (before: readonly Kopecks[], after: readonly Kopecks[]) => GivenBack;
  readonly body: (draft: Draft, outcome: ReturnOutcome) => string;
};

export type GivenBack = {
  /** Of the member's own caps: [key, amount, last day that matters], amounts above 0. */
  readonly caps: readonly (readonly [string, number, Day])[];
  readonly budgets: readonly (readonly [string, PointsCents])[];
};

export type ReturnOutcome = {
  readonly takenBackCents: PointsCents;
  readonly arrearsCents: PointsCents;
  readonly givenBackCents: PointsCents;
  readonly expiredCents: PointsCents;
  /** The money part: given in money, or as points of the seller's. */
  readonly refundKopecks: Kopecks;
  readonly refundCents: PointsCents;
  readonly lines: readonly { readonly line: number; readonly amountKopecks: Kopecks }[];
};

export type ReturnFailure = {
  readonly code: "return-exceeds-purchase";
  /** Index in the request's lines; -1 when nothing is left to return. */
  readonly index: number;
  readonly leftKopecks: Kopecks;
};

/**
 * Takes back what the returned part earned and gives back the points it was paid with (docs/decisions/0004,
 * "Returns"). Roundings are cumulative, so any sequence of partial returns ends where one whole return ends.
 */
export function returnPurchase(draft: Draft, command: ReturnCommand): Result<ReturnOutcome, ReturnFailure> {
  const before = command.returned ?? nothingReturned(command.purchase);
  const lines = addLines(command, before.lines);
  if (!lines.ok) return lines;
  bookDue(draft);
  const after = lines.value.after;
  const taken = takeBackEarned(draft, command.purchase, before, after);
  const spent = giveBackSpent(draft, command, before, after);
  const kopecksOfPoints = Math.floor((spent.givenBackCents * command.kopecksPerPoint) / 100);
  const refundKopecks = lines.value.totalKopecks - kopecksOfPoints;
  const refundCents = refundInPoints(draft, command, spent.nextPart, refundKopecks);
  recoverArrears(draft);
  const outcome: ReturnOutcome = {
    takenBackCents: taken.takenBackCents,
    arrearsCents: taken.arrearsCents,
    givenBackCents: spent.givenBackCents,
    expiredCents: spent.expiredCents,
    refundKopecks: command.refundInPoints ? 0 : refundKopecks,
    refundCents,
    lines: lines.value.added,
  };
  const state: ReturnedState = { lines: after, refunded: spent.refunded, absorbed: taken.absorbed };
  draft.returned.push({ purchaseSeq: command.purchase.seq, state });
  factsOf(draft).returned = [command.purchase.seq, state];
  if (command.cited) factsOf(draft).cited = command.cited;
  if (command.giveBack) giveBackUse(draft, command.giveBack(before.lines, after));
  recordOperation(
    draft,
    {
      kind: "return",
      partner: command.partner,
      occurredAt: command.at,
      businessDay: draft.context.calendar.dayOf(command.at),
      receiptId: command.receiptId,
      programmeVersion: command.programmeVersion,
      citesSeq: command.purchase.seq,
    },
    (finished) => command.body(finished, outcome),
  );
  return ok(outcome);
}

/** Use that has been forgotten since (its day has passed) has nothing to come back to. */
function giveBackUse(draft: Draft, { caps, budgets }: GivenBack): void {
  const today = draft.context.calendar.dayOf(draft.context.now);
  const known = caps.filter(([key, , untilDay]) => untilDay >= today && draft.capUse.has(key));
  addCapUse(
    draft,
    known.map(([key, amount, untilDay]) => [key, -amount, untilDay]),
  );
  if (budgets.length > 0) factsOf(draft).budgets = budgets.slice();
}

function nothingReturned(purchase: PurchaseFacts): ReturnedState {
  return {
    lines: purchase.lineKopecks.map(() => 0),
    refunded: purchase.draws.map(() => 0),
    absorbed: purchase.earned.flatMap((part) => part.funders.map(() => 0)),
  };
}

type AddedLines = {
  readonly after: readonly Kopecks[];
  readonly totalKopecks: Kopecks;
  readonly added: readonly { readonly line: number; readonly amountKopecks: Kopecks }[];
};

function addLines(command: ReturnCommand, before: readonly Kopecks[]): Result<AddedLines, ReturnFailure> {
  const { lineKopecks } = command.purchase;
  const after = before.slice();
  const asked =
    command.lines === "all"
      ? lineKopecks
          .map((amount, line) => ({ line, amountKopecks: amount - (before[line] as number) }))
          .filter((line) => line.amountKopecks > 0)
      : command.lines;
  let totalKopecks = 0;
  for (let index = 0; index < asked.length; index++) {
    const { line, amountKopecks } = asked[index] as { line: number; amountKopecks: number };
    const left = (lineKopecks[line] ?? 0) - (after[line] ?? 0);
    if (amountKopecks > left) return err({ code: "return-exceeds-purchase", index, leftKopecks: left });
    after[line] = (after[line] as number) + amountKopecks;
    totalKopecks += amountKopecks;
  }
  if (asked.length === 0) return err({ code: "return-exceeds-purchase", index: -1, leftKopecks: 0 });
  return ok({ after, totalKopecks, added: asked });
}

/** `⌊total × returned ÷ whole⌋`, all of it when the whole is back; exact where the product passes 2^53. */
export function cumulative(total: number, returned: number, whole: number): number {
  if (returned >= whole) return total;
  if (total <= Number.MAX_SAFE_INTEGER / whole) return Math.floor((total * returned) / whole);
  return Number((BigInt(total) * BigInt(returned)) / BigInt(whole));
}

function takeBackEarned(draft: Draft, purchase: PurchaseFacts, before: ReturnedState, after: readonly Kopecks[]) {
  const absorbed = before.absorbed.slice();
  let takenBackCents = 0;
  let arrearsCents = 0;
  const owedTo = new Map<PartnerId, PointsCents>();
  let entry = -1;
  for (let part = 0; part < purchase.earned.length; part++) {
    const { funders, lineCents } = purchase.earned[part] as PurchaseFacts["earned"][number];
    for (let f = 0; f < funders.length; f++) {
      entry++;
      let due = 0;
      for (let line = 0; line < lineCents.length; line++) {
        const share = lineCents[line]?.[f] ?? 0;
        const whole = purchase.lineKopecks[line] as number;
        due += cumulative(share, after[line] as number, whole) - cumulative(share, before.lines[line] as number, whole);
      }
      if (due === 0) continue;
      const funder = funders[f] as PartnerId;
      const { lotIndex, funderIndex } = findShare(draft, purchase.seq, part, funder);
      const lot = draft.lots[lotIndex] as Lot;
      const taken = Math.min(due, lot.remaining[funderIndex] as number);
      if (taken > 0) moveInLot(draft, lotIndex, funderIndex, lot.isActive ? "ac" : "pe", "ob", taken);
      const expiredLeft = (lot.expired[funderIndex] as number) - (absorbed[entry] as number);
      const met = Math.min(due - taken, expiredLeft);
      absorbed[entry] = (absorbed[entry] as number) + met;
      const owed = due - taken - met;
      if (owed > 0) {
        draft.movements.push(["ar", "ob", lot.seq, lot.part, funder, null, owed]);
        owedTo.set(funder, (owedTo.get(funder) ?? 0) + owed);
      }
      takenBackCents += taken;
      arrearsCents += owed;
    }
  }
  // What one return leaves owed to one funder is one debt; debts of one return stand in the order of funders.
  for (const funder of [...owedTo.keys()].sort()) {
    draft.debts.push({ funder, cents: owedTo.get(funder) as number, sinceSeq: draft.seq + 1 });
  }
  return { absorbed, takenBackCents, arrearsCents };
}

type DrawEntry = { readonly index: number; readonly share: LotShare; readonly cents: PointsCents };

function giveBackSpent(draft: Draft, command: ReturnCommand, before: ReturnedState, after: readonly Kopecks[]) {
  const { purchase } = command;
  let due = 0;
  for (let line = 0; line < after.length; line++) {
    const paid = purchase.spentByLineCents[line] ?? 0;
    const whole = purchase.lineKopecks[line] as number;
    due += cumulative(paid, after[line] as number, whole) - cumulative(paid, before.lines[line] as number, whole);
  }
  const refunded = before.refunded.slice();
  const grace = new Map<PartnerId, PointsCents>();
  let expiredCents = 0;
  takePart(openDraws(draft, purchase.draws, refunded), due, (entry, cents) => {
    const [seq, part, funder] = entry.share;
    refunded[entry.index] = (refunded[entry.index] as number) + cents;
    const { lotIndex, funderIndex } = findShare(draft, seq, part, funder);
    const lot = draft.lots[lotIndex] as Lot;
    const hasExpired = lot.expiresAt <= draft.context.now;
    if (hasExpired && command.expiredPolicy.kind === "grace") {
      moveInLot(draft, lotIndex, funderIndex, "re", "ac", cents, purchase.partner);
      moveInLot(draft, lotIndex, funderIndex, "ac", "ob", cents);
      grace.set(funder, (grace.get(funder) ?? 0) + cents);
      return;
    }
    moveInLot(draft, lotIndex, funderIndex, "re", "ac", cents, purchase.partner);
    if (!hasExpired) return;
    moveInLot(draft, lotIndex, funderIndex, "ac", "ex", cents);
    expiredCents += cents;
  });
  if (grace.size > 0 && command.expiredPolicy.kind === "grace") {
    addGraceLot(draft, command.at, grace, command.expiredPolicy.graceExpiresAt);
  }
  return { refunded, expiredCents, givenBackCents: due, nextPart: grace.size > 0 ? 1 : 0 };
}

/**
 * The dead lots' points are taken back by their funders and issued anew with the grace expiry. Not booked as expired:
 * else a later return of what had earned them would find them met by "expired" while the member keeps the grace lot.
 */
function addGraceLot(
  draft: Draft,
  at: EpochMs,
  grace: ReadonlyMap<PartnerId, PointsCents>,
  graceExpiresAt: EpochMs,
): void {
  const funders = [...grace.keys()].sort();
  addLot(draft, {
    part: 0,
    earnedAt: at,
    availableAt: draft.context.now,
    expiresAt: graceExpiresAt,
    funders,
    amount: funders.map((funder) => grace.get(funder) as number),
  });
}

/** Draws with something left to give back, in the order of shares. */
function openDraws(draft: Draft, draws: readonly LotShare[], refunded: readonly number[]): DrawEntry[] {
  const entries: (DrawEntry & { readonly lot: Lot; readonly funder: PartnerId })[] = [];
  for (let index = 0; index < draws.length; index++) {
    const share = draws[index] as LotShare;
    const cents = share[3] - (refunded[index] as number);
    if (cents === 0) continue;
    const { lotIndex } = findShare(draft, share[0], share[1], share[2]);
    entries.push({ index, share, cents, funder: share[2], lot: draft.lots[lotIndex] as Lot });
  }
  return entries.sort(compareShares);
}

/** Gives the money part as points of the seller's, when that was asked for; tells how many. */
function refundInPoints(draft: Draft, command: ReturnCommand, part: number, refundKopecks: Kopecks): PointsCents {
  if (!command.refundInPoints) return 0;
  const cents = Math.floor((refundKopecks * 100) / command.kopecksPerPoint);
  addLot(draft, {
    part,
    earnedAt: command.at,
    ...command.refundInPoints,
    funders: [command.partner],
    amount: [cents],
  });
  return cents;
}
