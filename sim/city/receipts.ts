import { DAY_MS, type Day, type EpochMs, HOUR_MS } from "#kernel/time.ts";
import { FRAUD_FIGURES, TASTE_FIGURES, TILL_FIGURES } from "./assumptions.ts";
import { drawBasket, drawSize } from "./baskets.ts";
import { aim, createDice, next, purpose } from "./dice.ts";
import type { FraudKind } from "./fraud.ts";
import { avoidsAt, type Habits } from "./habits.ts";
import { ONLINE_STORE, usualStores } from "./nearest.ts";
import { FISH, INSURER, isGrocer, TELECOM } from "./partners.ts";
import { drawPayment, type Payment } from "./payments.ts";
import { STORES } from "./places.ts";
import { drawShown } from "./shown.ts";
import { isSubscribed } from "./spans.ts";
import { FRAUD_TRIP, isOnline, liftOf, partnerOfSlot, SLOTS } from "./visits.ts";
import type { World } from "./world.ts";

/** A receipt in numbers: partners, stores and categories by their number. `toReceiptBody` makes the door's JSON of it. */
export type CityReceipt = Payment & {
  /** Truth: who shopped. */
  readonly person: number;
  readonly day: Day;
  readonly slot: number;
  readonly partner: number;
  readonly store: number;
  /** 1 to the store's number of tills. */
  readonly till: number;
  /** Unique for store and business day. */
  readonly number: number;
  readonly at: EpochMs;
  readonly online: boolean;
  /** Whose card or phone was read; -1 for none. */
  readonly owner: number;
  readonly account: number;
  readonly shows: "none" | "card" | "phone";
  /** Lines as columns: category numbers, kopecks, pieces. */
  readonly categories: readonly number[];
  readonly amounts: readonly number[];
  readonly quantities: readonly number[];
  readonly deliveryFeeKopecks: number;
  /** Lines and delivery. */
  readonly totalKopecks: number;
  /** What the member would like to pay with points, in kopecks; 0 for nothing. The city knows no wallets. */
  readonly wishKopecks: number;
  /** Truth: the fraud this receipt is part of. */
  readonly fraud: FraudKind | undefined;
};

/** Moscow has been at UTC+3 without summer time since October 2014. */
export const MOSCOW_OFFSET_MS = 3 * HOUR_MS;

/** (person, slot) made one number; returns take the numbers above the receipts of the same person. */
export const NUMBERS_PER_PERSON = 1_024;

const BASKET = purpose("receipts/basket");
const AT_TILL = purpose("receipts/till");
const PAYING = purpose("receipts/paying");
const dice = createDice();

/** Partners where points may be spent (FACTS.md section 1). */
export function canSpendAt(partner: number): boolean {
  return isGrocer(partner) || partner === TELECOM || partner === INSURER || partner === FISH;
}

/** The collector of a funnel spends what others earned. */
function spendingBp({ fraud }: Habits): number {
  const collects = fraud?.kind === "funnel" && fraud.part === "leader";
  return collects ? FRAUD_FIGURES.funnel.collectorSpendsBp : TILL_FIGURES.wantsToSpendBp;
}

export function instantOf(day: Day, second: number): EpochMs {
  return day * DAY_MS + second * 1_000 - MOSCOW_OFFSET_MS;
}

/** The receipt of one visit: the same whether its neighbours were made or not. */
export function buildReceipt(world: World, habits: Habits, day: Day, slot: number, second: number): CityReceipt {
  const { seed } = world;
  const { person } = habits;
  const key = day * SLOTS + slot;
  const partner = partnerOfSlot(slot);
  const online = isOnline(seed, habits, day, slot);
  const lines = drawLines(world, habits, day, slot, online);
  aim(dice, seed, AT_TILL, person, key);
  const store = storeOf(seed, habits, partner, online, next(dice));
  const till = 1 + Math.floor(next(dice) * (STORES[store]?.tills ?? 1));
  const shown = drawShown(world, habits, { day, slot, second, store, lines: lines.amounts.length }, online);
  const goods = lines.amounts.reduce((sum, amount) => sum + amount, 0);
  const deliveryFeeKopecks = deliveryFee(habits, day, partner, online, goods);
  const totalKopecks = goods + deliveryFeeKopecks;
  aim(dice, seed, PAYING, person, key);
  const payment = drawPayment(dice, habits, day, online, totalKopecks);
  const wishes = next(dice) * 10_000 < spendingBp(habits) && shown.owner >= 0 && canSpendAt(partner);
  const wishKopecks = wishes ? Math.floor((goods * (0.2 + 0.8 * next(dice))) / 100) * 100 : 0;
  return {
    person,
    day,
    slot,
    partner,
    store,
    till,
    number: person * NUMBERS_PER_PERSON + slot,
    at: instantOf(day, second),
    online,
    owner: shown.owner,
    account: shown.account,
    shows: shown.kind,
    categories: lines.categories,
    amounts: lines.amounts,
    quantities: lines.quantities,
    deliveryFeeKopecks,
    totalKopecks,
    wishKopecks,
    cashKopecks: payment.cashKopecks,
    cardKopecks: payment.cardKopecks,
    bank: payment.bank,
    fraud: slot === FRAUD_TRIP ? "buy-earn-return" : shown.fraud,
  };
}

function drawLines(world: World, habits: Habits, day: Day, slot: number, online: boolean) {
  const partner = partnerOfSlot(slot);
  const { tastes } = habits;
  const grocer = isGrocer(partner);
  const subscribed = grocer && isSubscribed(habits.spans, day);
  let linesFactor = grocer ? tastes.linesFactor : 1;
  let priceFactor = grocer ? tastes.priceFactor : 1;
  if (subscribed) {
    linesFactor *= TILL_FIGURES.subscriberLinesFactor;
    priceFactor *= TILL_FIGURES.subscriberPriceFactor;
  }
  if (grocer && online) linesFactor *= TILL_FIGURES.onlineLinesFactor;
  if (slot === FRAUD_TRIP) {
    linesFactor *= FRAUD_FIGURES.buyEarnReturn.linesFactor;
    priceFactor *= FRAUD_FIGURES.buyEarnReturn.priceFactor;
  }
  aim(dice, world.seed, BASKET, habits.person, day * SLOTS + slot);
  const size = drawSize(dice, partner, linesFactor);
  const basketFactor = habits.boosts.length > 0 ? 1 + liftOf(habits, day, partner, "basketLift") : 1;
  const { month } = world.facts(day);
  const avoids = avoidsAt(habits, partner);
  const plan = { partner, month, favourites: tastes.favourites, avoids, linesFactor, priceFactor, basketFactor };
  return drawBasket(dice, plan, size);
}

function storeOf(seed: number, habits: Habits, partner: number, online: boolean, u: number): number {
  if (online) return ONLINE_STORE[partner] as number;
  const stores = usualStores(seed, habits.person, partner, habits.household.home);
  return u * 10_000 < TASTE_FIGURES.secondStoreBp ? stores.second : stores.usual;
}

/** Subscribers and large orders are delivered free; tickets and policies come by mail. */
function deliveryFee(habits: Habits, day: Day, partner: number, online: boolean, goodsKopecks: number): number {
  const delivers = isGrocer(partner) || partner === FISH;
  if (!online || !delivers || isSubscribed(habits.spans, day)) return 0;
  return goodsKopecks >= TILL_FIGURES.freeDeliveryFromKopecks ? 0 : TILL_FIGURES.deliveryFeeKopecks;
}
