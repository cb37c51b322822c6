import {
  CHURN_FADE,
  FIXED_DAYS,
  FRAUD_FIGURES,
  HOURLY_BASKETS_BP,
  HOURLY_ONLINE_BP,
  ONLINE_BP,
  OPEN_FROM_HOUR,
  TASTE_FIGURES,
  TILL_FIGURES,
} from "./assumptions.ts";
import { type DayFacts, paydayFactor } from "./calendar.ts";
import { purpose, roll } from "./dice.ts";
import { secondOfDay, secondsByHour } from "./distributions.ts";
import type { Habits } from "./habits.ts";
import { BANK, GROCER_LARGE, GROCER_NEAR, INSURER, isGrocer, PARTNERS, TELECOM } from "./partners.ts";
import { isMember, isSubscribed } from "./spans.ts";

/**
 * A visit is a slot of a person's day: slots 0 to 8 are the partners by number, then a second trip to the near grocer and
 * a fraudster's extra trip. (person, day, slot) names a receipt for good.
 */
export const SECOND_TRIP = 9;
export const FRAUD_TRIP = 10;
/** Slots of card spending outside the coalition begin here. */
export const CARD_SLOT = 16;
export const SLOTS = 32;

export function partnerOfSlot(slot: number): number {
  if (slot === SECOND_TRIP) return GROCER_NEAR;
  return slot === FRAUD_TRIP ? GROCER_LARGE : slot;
}

const VISIT = purpose("visits/visit");
const ONLINE = purpose("visits/online");
const TIME = purpose("visits/time");

const WORKDAY_SECONDS = secondsByHour(HOURLY_BASKETS_BP.workday, OPEN_FROM_HOUR);
const WEEKEND_SECONDS = secondsByHour(HOURLY_BASKETS_BP.weekend, OPEN_FROM_HOUR);
const ONLINE_SECONDS = secondsByHour(HOURLY_ONLINE_BP, 0);

const ONLINE_SHARE_BP: readonly number[] = PARTNERS.map(({ id }) => ONLINE_BP[id] ?? 0);
const FRAUD_TRIP_CHANCE = FRAUD_FIGURES.buyEarnReturn.visitsPerWeek / 7;

/** Nobody is certain to come: a day's chance of a trip stays below this. */
const MOST = 0.92;

/**
 * The chance that the person makes the partner's main trip on the day, with the boosts in `habits`. Draws nothing. Use
 * begins with a purchase, but for the bank, where it begins with a card.
 */
export function visitChance(habits: Habits, facts: DayFacts, partner: number): number {
  const { day } = facts;
  const leaves = habits.spans.leaves[partner] as number;
  if (day < (habits.spans.starts[partner] as number) || day >= leaves) return 0;
  if (day === habits.spans.starts[partner] && partner !== BANK) return 1;
  if (partner === TELECOM && facts.dayOfMonth === habits.billDay) return FIXED_DAYS.billPaidBp / 10_000;
  if (partner === INSURER && facts.dayOfYear === habits.policyDay) return FIXED_DAYS.policyRenewedBp / 10_000;
  let rate = (habits.rates[partner] as number) * (facts.factors[partner] as number);
  if (isGrocer(partner)) rate *= paydayFactor(facts, habits.tastes.paydays);
  if (leaves - day < CHURN_FADE.days) rate *= fading((leaves - day) / CHURN_FADE.days);
  if (habits.boosts.length > 0) rate *= 1 + liftOf(habits, day, partner, "visitLift");
  return Math.min(rate, MOST);
}

function fading(left: number): number {
  return CHURN_FADE.lowestFactor + (1 - CHURN_FADE.lowestFactor) * left;
}

/** The sum of the lifts that the person's boosts give at the partner on the day; at least -0.9, so nothing turns negative. */
export function liftOf(habits: Habits, day: number, partner: number, which: "visitLift" | "basketLift"): number {
  let lift = 0;
  for (const boost of habits.boosts) {
    if (boost.partner === partner && day >= boost.from && day < boost.to) lift += boost[which];
  }
  return Math.max(lift, -0.9);
}

/**
 * The person's trips on the day, by slot; returns how many were written to `slots`. The draw of a trip does not depend on
 * its chance, so a boost only adds trips (and an annoying one only removes some): potential outcomes are nested.
 */
export function visitsOn(seed: number, habits: Habits, facts: DayFacts, slots: Uint8Array): number {
  const { person } = habits;
  let count = 0;
  for (let partner = 0; partner < PARTNERS.length; partner++) {
    const likely = visitChance(habits, facts, partner);
    if (likely === 0 || roll(seed, VISIT + partner, person, facts.day) >= likely) continue;
    slots[count++] = partner;
    if (
      partner === GROCER_NEAR &&
      roll(seed, VISIT + SECOND_TRIP, person, facts.day) * 10_000 < TASTE_FIGURES.sameDaySecondVisitBp
    ) {
      slots[count++] = SECOND_TRIP;
    }
  }
  if (goesOnFraudTrip(seed, habits, facts.day)) slots[count++] = FRAUD_TRIP;
  return count;
}

function goesOnFraudTrip(seed: number, habits: Habits, day: number): boolean {
  if (habits.fraud?.kind !== "buy-earn-return" || !isMember(habits.spans, day)) return false;
  return roll(seed, VISIT + FRAUD_TRIP, habits.person, day) < FRAUD_TRIP_CHANCE;
}

export function isOnline(seed: number, habits: Habits, day: number, slot: number): boolean {
  const partner = partnerOfSlot(slot);
  const share = isGrocer(partner) ? groceryOnlineBp(habits, day, slot) : (ONLINE_SHARE_BP[partner] as number);
  return share > 0 && roll(seed, ONLINE, habits.person, day * SLOTS + slot) * 10_000 < share;
}

function groceryOnlineBp(habits: Habits, day: number, slot: number): number {
  if (slot > GROCER_LARGE) return 0;
  return isSubscribed(habits.spans, day) ? TILL_FIGURES.onlineSubscriberBp : TILL_FIGURES.onlineGroceryBp;
}

/** Seconds after midnight at which the trip ends at the till. */
export function secondOf(seed: number, habits: Habits, facts: DayFacts, slot: number, online: boolean): number {
  const table = online ? ONLINE_SECONDS : facts.isWeekend ? WEEKEND_SECONDS : WORKDAY_SECONDS;
  return secondOfDay(table, roll(seed, TIME, habits.person, facts.day * SLOTS + slot));
}
