import { TILL_FIGURES } from "./assumptions.ts";
import { type Dice, next } from "./dice.ts";
import type { Habits } from "./habits.ts";
import { BANK } from "./partners.ts";

/** How a receipt was paid, in kopecks; the two parts sum to its total. `bank` is -1 without a card, 0 the coalition's. */
export type Payment = { readonly cashKopecks: number; readonly cardKopecks: number; readonly bank: number };

const WHOLE = 10_000;

export function holdsCoalitionCard(habits: Habits, day: number): boolean {
  return day >= (habits.spans.starts[BANK] as number) && day < (habits.spans.leaves[BANK] as number);
}

/** Online there is no cash. Whoever holds the coalition's bank card uses it for most purchases, not for all. */
export function drawPayment(dice: Dice, habits: Habits, day: number, online: boolean, totalKopecks: number): Payment {
  const u = next(dice) * WHOLE;
  const which = next(dice) * WHOLE;
  const { cashBp, splitTenderBp, coalitionBankForHolderBp } = TILL_FIGURES;
  if (!online && u < cashBp) return { cashKopecks: totalKopecks, cardKopecks: 0, bank: -1 };
  const coalition = which < coalitionBankForHolderBp && holdsCoalitionCard(habits, day);
  const bank = coalition ? 0 : habits.otherBank;
  const half = Math.floor(totalKopecks / 2);
  if (!online && u < cashBp + splitTenderBp && half > 0) {
    return { cashKopecks: half, cardKopecks: totalKopecks - half, bank };
  }
  return { cashKopecks: 0, cardKopecks: totalKopecks, bank };
}
