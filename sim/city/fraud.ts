import { FRAUD_FIGURES } from "./assumptions.ts";
import { aim, between, createDice, purpose, roll } from "./dice.ts";
import { STORES } from "./places.ts";

/**
 * What fraudsters do; the label is truth, no receipt sent to a door carries it.
 * - buy-earn-return: buys dear baskets, earns, brings nearly everything back within days
 * - cashier-card: a cashier shows the own card when a customer shows none
 * - many-accounts: one person, one device, many registrations
 * - promo-sharing: a personal promo code used by strangers
 * - funnel: feeders show a collector's card, who spends what they earned
 */
export type FraudKind = "buy-earn-return" | "cashier-card" | "many-accounts" | "promo-sharing" | "funnel";

/** A person's part in fraud; feeders and code users are accomplices of `leader`, everybody else leads for themselves. */
export type FraudRole = { readonly kind: FraudKind; readonly part: "leader" | "accomplice"; readonly leader: number };

const OFFSETS = purpose("fraud/offsets");
const CASHIER = purpose("fraud/cashier");
const dice = createDice();

const LEADERS: readonly FraudKind[] = ["buy-earn-return", "many-accounts", "promo-sharing", "funnel"];

/**
 * The role of a person, found from the person's block alone: each block of people has one leader of each kind, at drawn
 * places, and a run of accomplices.
 */
export function fraudRoleOf(seed: number, person: number): FraudRole | undefined {
  const size = FRAUD_FIGURES.blockOfPeople;
  const block = Math.floor(person / size);
  const place = person - block * size;
  aim(dice, seed, OFFSETS, block, 0);
  const quarter = Math.floor(size / LEADERS.length);
  const leaders = LEADERS.map((_, i) => i * quarter + between(dice, 0, quarter));
  const led = leaders.indexOf(place);
  if (led >= 0) return { kind: LEADERS[led] as FraudKind, part: "leader", leader: person };
  const { users } = FRAUD_FIGURES.promoSharing;
  const { feeders } = FRAUD_FIGURES.funnel;
  const inRun = place - between(dice, 0, size - users - feeders);
  if (inRun < 0 || inRun >= users + feeders) return undefined;
  return accomplice(inRun < users ? "promo-sharing" : "funnel", block * size, leaders);
}

function accomplice(kind: FraudKind, blockStart: number, leaders: readonly number[]): FraudRole {
  return { kind, part: "accomplice", leader: blockStart + (leaders[LEADERS.indexOf(kind)] ?? 0) };
}

/** The dishonest cashier of each store, by store number: a person, or -1. */
export function dishonestCashiers(seed: number, people: number): Int32Array {
  return Int32Array.from(STORES, (store, number) => {
    const hasOne =
      store.channel === "store" && roll(seed, CASHIER, number, 0) * 10_000 < FRAUD_FIGURES.cashier.cashierAtStoreBp;
    return hasOne ? Math.floor(roll(seed, CASHIER, number, 1) * people) : -1;
  });
}

/** Cashiers work two days and rest two. */
export function isOnShift(store: number, day: number, secondOfDay: number): boolean {
  const { shiftFromHour, shiftUntilHour } = FRAUD_FIGURES.cashier;
  return (day + store) % 4 < 2 && secondOfDay >= shiftFromHour * 3_600 && secondOfDay < shiftUntilHour * 3_600;
}
