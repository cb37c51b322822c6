import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { type Draft, factsOf, moveInLot, recordOperation, setHold } from "./draft.ts";
import { drawActive, drawableCents, takePart } from "./draw.ts";
import { compareShares, isSameGroup } from "./order.ts";
import { recoverArrears } from "./recover.ts";
import { findShare, releaseHeld } from "./release-held.ts";
import type { Hold, HoldState, Lot, LotShare } from "./wallet.ts";

export type HoldFailure =
  | { readonly code: "hold-not-open"; readonly state: HoldState | "unknown" }
  | { readonly code: "hold-expired" }
  | { readonly code: "capture-exceeds-hold"; readonly heldCents: PointsCents };

export type PlaceHold = {
  readonly partner: PartnerId;
  readonly pointsCents: PointsCents;
  readonly expiresAt: EpochMs;
  readonly body: (draft: Draft, items: readonly LotShare[]) => string;
};

/** Sets active points aside, drawn as a spend would draw them. */
export function placeHold(
  draft: Draft,
  command: PlaceHold,
): Result<Hold, { readonly code: "insufficient-points"; readonly activeCents: PointsCents }> {
  bookDue(draft);
  const activeCents = drawableCents(draft);
  if (activeCents < command.pointsCents) return err({ code: "insufficient-points", activeCents });
  const now = draft.context.now;
  const items = drawActive(draft, command.pointsCents, "he", null);
  const hold: Hold = {
    seq: draft.seq + 1,
    partner: command.partner,
    state: "open",
    placedAt: now,
    expiresAt: command.expiresAt,
    items,
  };
  setHold(draft, hold);
  factsOf(draft).hold = command.expiresAt;
  recordOperation(
    draft,
    { kind: "hold", partner: command.partner, occurredAt: now, businessDay: draft.context.calendar.dayOf(now) },
    (after) => command.body(after, items),
  );
  return ok(hold);
}

export type EndHold = {
  readonly holdSeq: number;
  readonly body: (draft: Draft) => string;
};

/** Spends up to what is held at `redeemer`, the hold's partner; the rest returns to the same lots. A hold ends once. */
export function captureHold(
  draft: Draft,
  command: EndHold & { readonly pointsCents: PointsCents },
): Result<readonly LotShare[], HoldFailure> {
  bookDue(draft);
  const partner = draft.holds.find((hold) => hold.seq === command.holdSeq)?.partner ?? "";
  const captured = captureInto(draft, command.holdSeq, command.pointsCents, partner);
  if (!captured.ok) return captured;
  endOperation(draft, "capture", partner, command);
  return captured;
}

/** Gives everything held back to its lots. */
export function voidHold(draft: Draft, command: EndHold): Result<readonly LotShare[], HoldFailure> {
  bookDue(draft);
  const open = findOpen(draft, command.holdSeq);
  if (!open.ok) return open;
  releaseHeld(draft, open.value.items, draft.context.now);
  setHold(draft, { ...open.value, state: "voided" });
  endOperation(draft, "void", open.value.partner, command);
  return ok(open.value.items);
}

function endOperation(draft: Draft, kind: "capture" | "void", partner: PartnerId, command: EndHold): void {
  const now = draft.context.now;
  recoverArrears(draft);
  recordOperation(
    draft,
    { kind, partner, occurredAt: now, businessDay: draft.context.calendar.dayOf(now), citesSeq: command.holdSeq },
    command.body,
  );
}

/** Moves held → redeemed, groups by expiry first, within a group pro rata to this hold's own amounts. */
export function captureInto(
  draft: Draft,
  holdSeq: number,
  cents: PointsCents,
  redeemer: PartnerId,
): Result<readonly LotShare[], HoldFailure> {
  const open = findOpen(draft, holdSeq);
  if (!open.ok) return open;
  const held = open.value.items.reduce((total, item) => total + item[3], 0);
  if (cents > held) return err({ code: "capture-exceeds-hold", heldCents: held });
  const taken: LotShare[] = [];
  const rest: LotShare[] = [];
  let left = cents;
  for (const group of groupsOf(draft, open.value.items)) {
    const takenOf = new Map<HeldEntry, number>();
    left -= takePart(group, left, (entry, part) => takenOf.set(entry, part));
    for (const entry of group) {
      const part = takenOf.get(entry) ?? 0;
      if (part > 0) taken.push([entry.lot.seq, entry.lot.part, entry.funder, part]);
      if (part < entry.cents) rest.push([entry.lot.seq, entry.lot.part, entry.funder, entry.cents - part]);
    }
  }
  for (const [seq, part, funder, share] of taken) {
    const { lotIndex, funderIndex } = findShare(draft, seq, part, funder);
    moveInLot(draft, lotIndex, funderIndex, "he", "re", share, redeemer);
  }
  releaseHeld(draft, rest, draft.context.now);
  setHold(draft, { ...open.value, state: "captured" });
  return ok(taken);
}

type HeldEntry = { readonly lot: Lot; readonly funder: PartnerId; readonly cents: PointsCents };

function groupsOf(draft: Draft, items: readonly LotShare[]): HeldEntry[][] {
  const entries = items.map(([seq, part, funder, cents]) => {
    const { lotIndex } = findShare(draft, seq, part, funder);
    return { lot: draft.lots[lotIndex] as Lot, funder, cents };
  });
  entries.sort(compareShares);
  const groups: HeldEntry[][] = [];
  for (const entry of entries) {
    const last = groups[groups.length - 1];
    if (last?.[0] && isSameGroup(last[0].lot, entry.lot)) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

export function findOpen(draft: Draft, holdSeq: number): Result<Hold, HoldFailure> {
  const hold = draft.holds.find((candidate) => candidate.seq === holdSeq);
  if (hold) return ok(hold);
  if (draft.changedHolds.get(holdSeq)?.state === "timed-out") return err({ code: "hold-expired" });
  return err({ code: "hold-not-open", state: "unknown" });
}
