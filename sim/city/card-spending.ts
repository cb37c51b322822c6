import type { Day, EpochMs } from "#kernel/time.ts";
import { createAgenda } from "./agenda.ts";
import { CARD_FIGURES } from "./assumptions.ts";
import { categoryNumber } from "./categories.ts";
import { aim, createDice, next, purpose, roll } from "./dice.ts";
import { aliasOf, lognormalQuantiles, pick, type Quantiles, quantile } from "./distributions.ts";
import { paymentTokenOf, phoneOf } from "./identifiers.ts";
import { ONLINE_STORE } from "./nearest.ts";
import { BANK, PARTNERS } from "./partners.ts";
import { holdsCoalitionCard } from "./payments.ts";
import { type CityReceipt, instantOf, NUMBERS_PER_PERSON } from "./receipts.ts";
import { isMember } from "./spans.ts";
import { CARD_SLOT, SLOTS } from "./visits.ts";
import { moscowTime } from "./wire.ts";
import type { World } from "./world.ts";

/** A purchase by the coalition's bank card at a merchant outside the coalition: what the bank earns +1 % for. */
export type CardTransaction = {
  readonly person: number;
  readonly day: Day;
  readonly slot: number;
  readonly at: EpochMs;
  readonly amountKopecks: number;
  /** Number in CARD_FIGURES.merchants. */
  readonly merchant: number;
};

const TRIP = purpose("card-spending/trip");
const DETAILS = purpose("card-spending/details");
const MERCHANTS = aliasOf(CARD_FIGURES.merchants.map(({ shareBp }) => shareBp));
const AMOUNTS: readonly Quantiles[] = CARD_FIGURES.merchants.map((each) =>
  lognormalQuantiles(each.medianKopecks, each.sigma),
);
const PER_SLOT = CARD_FIGURES.perDay / CARD_FIGURES.mostPerDay;
const CARD_SPENDING = categoryNumber("card-spending");
const dice = createDice();

/** Card purchases of the bank's holders in [from, to), in order of time. */
export function* cardTransactionsOf(world: World, from: Day, to: Day): Generator<CardTransaction> {
  const { seed } = world;
  for (let day = from; day < to; day++) {
    const agenda = createAgenda();
    for (let person = 0; person < world.people; person++) {
      if (!holdsCoalitionCard(world.habitsOf(person), day)) continue;
      for (let i = 0; i < CARD_FIGURES.mostPerDay; i++) {
        const slot = CARD_SLOT + i;
        const u = roll(seed, TRIP, person, day * SLOTS + slot);
        if (u >= PER_SLOT) continue;
        // What is left of the draw, once it is known to be below PER_SLOT, is uniform again: the time of day, 7 to 23.
        agenda.add(25_200 + Math.floor((u / PER_SLOT) * 57_600), person, day, slot, 0);
      }
    }
    for (const { second, person, slot } of agenda.inOrder()) yield transaction(seed, person, day, slot, second);
  }
}

function transaction(seed: number, person: number, day: Day, slot: number, second: number): CardTransaction {
  aim(dice, seed, DETAILS, person, day * SLOTS + slot);
  const merchant = pick(MERCHANTS, next(dice));
  const amount = quantile(AMOUNTS[merchant] as Quantiles, next(dice));
  return { person, day, slot, at: instantOf(day, second), amountKopecks: Math.max(100, Math.round(amount)), merchant };
}

/** As the bank's feed has it. */
export function toCardFeed(seed: number, transaction: CardTransaction) {
  const { person, day, slot, at, amountKopecks, merchant } = transaction;
  return {
    partner: PARTNERS[BANK]?.id as string,
    id: `card-${person}-${day}-${slot}`,
    at: moscowTime(at),
    token: paymentTokenOf(seed, person, 0),
    member: { kind: "phone" as const, value: phoneOf(seed, person, 0) },
    amount: amountKopecks,
    merchantKind: CARD_FIGURES.merchants[merchant]?.kind as string,
  };
}

/** The same as a receipt of the bank, one line of category `card-spending`: so it earns like any other purchase. */
export function toBankReceipt(world: World, transaction: CardTransaction): CityReceipt {
  const { person, day, slot, at, amountKopecks } = transaction;
  const shows = isMember(world.habitsOf(person).spans, day);
  return {
    person,
    day,
    slot,
    partner: BANK,
    store: ONLINE_STORE[BANK] as number,
    till: 1,
    number: person * NUMBERS_PER_PERSON + slot,
    at,
    online: true,
    owner: shows ? person : -1,
    account: 0,
    shows: shows ? "phone" : "none",
    categories: [CARD_SPENDING],
    amounts: [amountKopecks],
    quantities: [1],
    deliveryFeeKopecks: 0,
    totalKopecks: amountKopecks,
    wishKopecks: 0,
    cashKopecks: 0,
    cardKopecks: amountKopecks,
    bank: 0,
    fraud: undefined,
  };
}
