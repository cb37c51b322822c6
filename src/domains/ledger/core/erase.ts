import { bookDue, walletBody } from "./book-due.ts";
import { type Change, type Draft, factsOf, finish, moveInLot } from "./draft.ts";
import { voidHold } from "./holds.ts";
import { record } from "./merge.ts";
import { stateOf } from "./state-facts.ts";
import type { Lot } from "./wallet.ts";

export type ErasedPoints = "expire" | "return-to-funder";

/**
 * Ends a wallet (reference case 19): open holds are voided, what is left expires or goes back to its funders, use of caps and
 * first purchases are forgotten. Arrears stay on record with nobody to pay them. Closed months keep what was booked in them.
 */
export function eraseWallet(draft: Draft, policy: ErasedPoints): Change {
  bookDue(draft);
  for (const hold of draft.holds.slice()) voidHold(draft, { holdSeq: hold.seq, body: walletBody });
  for (let i = 0; i < draft.lots.length; i++) {
    const lot = draft.lots[i] as Lot;
    for (let f = 0; f < lot.funders.length; f++) {
      const cents = lot.remaining[f] as number;
      if (cents > 0) moveInLot(draft, i, f, lot.isActive ? "ac" : "pe", policy === "expire" ? "ex" : "ob", cents);
    }
  }
  draft.capUse = new Map();
  draft.firstPurchaseAt = new Map();
  factsOf(draft).state = { status: "erased", ...stateOf(draft) };
  record(draft, "erasure", walletBody);
  const change = finish(draft);
  return { ...change, after: { ...change.after, status: "erased" } };
}
