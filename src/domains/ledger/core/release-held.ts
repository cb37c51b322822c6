import { invariant } from "#kernel/invariant.ts";
import { type Draft, moveInLot } from "./draft.ts";
import type { LotShare } from "./wallet.ts";

/** Gives held points back to the lots they came from, or straight to expired where a lot's time has passed by `at`. */
export function releaseHeld(draft: Draft, items: readonly LotShare[], at: number): void {
  for (const [seq, part, funder, cents] of items) {
    const { lotIndex, funderIndex } = findShare(draft, seq, part, funder);
    const hasExpired = (draft.lots[lotIndex]?.expiresAt ?? 0) <= at;
    moveInLot(draft, lotIndex, funderIndex, "he", hasExpired ? "ex" : "ac", cents);
  }
}

export function findShare(draft: Draft, seq: number, part: number, funder: string) {
  const lotIndex = draft.lots.findIndex((lot) => lot.seq === seq && lot.part === part);
  const funderIndex = draft.lots[lotIndex]?.funders.indexOf(funder) ?? -1;
  invariant(lotIndex >= 0 && funderIndex >= 0, `lot ${seq}/${part} of ${funder} is not loaded`);
  return { lotIndex, funderIndex };
}
