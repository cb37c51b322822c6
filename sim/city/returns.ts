import type { Day, EpochMs } from "#kernel/time.ts";
import { FRAUD_FIGURES, RETURN_FIGURES } from "./assumptions.ts";
import { aim, createDice, type Dice, next, purpose, roll } from "./dice.ts";
import { PARTNERS } from "./partners.ts";
import { type CityReceipt, instantOf, NUMBERS_PER_PERSON } from "./receipts.ts";
import { FRAUD_TRIP, partnerOfSlot, SLOTS } from "./visits.ts";

/** Goods brought back: to the store of their receipt, all of it or one line. */
export type CityReturn = {
  readonly receipt: CityReceipt;
  readonly till: number;
  /** Unique for store and business day, and never the number of a receipt. */
  readonly number: number;
  readonly day: Day;
  readonly at: EpochMs;
  /** Lines by their place in the receipt, with kopecks; "all" for everything. */
  readonly lines: readonly { readonly line: number; readonly amountKopecks: number }[] | "all";
};

const RETURNED = purpose("returns/returned");
const DETAILS = purpose("returns/details");
const SHARE_BP: readonly number[] = PARTNERS.map(({ id }) => RETURN_FIGURES.shareBp[id] ?? 0);
const dice = createDice();

/** Goods come back in the daytime. */
const FROM_SECOND = 10 * 3_600;
const OPEN_SECONDS = 10 * 3_600;

/** Days until the receipt of a visit comes back, 1 to 14; 0 when it does not. Needs no receipt, so it can be asked of every visit. */
export function returnDelay(seed: number, person: number, day: Day, slot: number): number {
  const share =
    slot === FRAUD_TRIP ? FRAUD_FIGURES.buyEarnReturn.returnedBp : (SHARE_BP[partnerOfSlot(slot)] as number);
  if (share === 0) return 0;
  const u = roll(seed, RETURNED, person, day * SLOTS + slot) * 10_000;
  if (u >= share) return 0;
  const longest = slot === FRAUD_TRIP ? FRAUD_FIGURES.buyEarnReturn.returnWithinDays : RETURN_FIGURES.longestDays;
  return 1 + Math.floor((u / share) * longest);
}

/** Second of the day on which goods come back. */
export function returnSecond(seed: number, person: number, day: Day, slot: number): number {
  return FROM_SECOND + Math.floor(next(aim(dice, seed, DETAILS, person, day * SLOTS + slot)) * OPEN_SECONDS);
}

/** The return of a receipt for which `returnDelay` is above 0. */
export function buildReturn(seed: number, receipt: CityReceipt): CityReturn {
  const { person, day, slot } = receipt;
  const delay = returnDelay(seed, person, day, slot);
  const second = returnSecond(seed, person, day, slot);
  const isWhole = slot === FRAUD_TRIP || next(dice) * 10_000 < RETURN_FIGURES.wholeReceiptBp;
  return {
    receipt,
    till: receipt.till,
    number: person * NUMBERS_PER_PERSON + SLOTS * (1 + delay) + slot,
    day: day + delay,
    at: instantOf(day + delay, second),
    lines: isWhole ? "all" : [oneLine(dice, receipt)],
  };
}

function oneLine(dice: Dice, receipt: CityReceipt) {
  const line = Math.floor(next(dice) * receipt.amounts.length);
  const amount = receipt.amounts[line] as number;
  const isWholeLine = next(dice) * 10_000 < RETURN_FIGURES.wholeLineBp;
  const part = Math.max(1, Math.floor(amount * (0.2 + 0.6 * next(dice))));
  return { line, amountKopecks: isWholeLine ? amount : part };
}
