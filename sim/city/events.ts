import { type Day, firstDayOf, monthOf } from "#kernel/time.ts";
import { EVENT_FIGURES, MEMBERSHIP_FIGURES } from "./assumptions.ts";
import { CATEGORIES } from "./categories.ts";
import { deliveriesOf } from "./deliveries.ts";
import { purpose, roll } from "./dice.ts";
import type { Habits } from "./habits.ts";
import { cardOf, phoneOf } from "./identifiers.ts";
import { BANK, GROCER_NEAR, INSURER, OPERATOR_ID, PARTNERS, TELECOM, TICKETS } from "./partners.ts";
import { type CityReceipt, instantOf } from "./receipts.ts";
import { isMember, isSubscribed } from "./spans.ts";
import { moscowTime } from "./wire.ts";
import type { World } from "./world.ts";

/** A partner event in the words of `POST /v1/events`, with the truth about whose it is. */
export type CityEvent = { readonly body: EventBody; readonly person: number; readonly atMs: number };

export type EventBody = {
  readonly partner: string;
  /** Unique for the partner. */
  readonly id: string;
  readonly type: EventType;
  readonly member: { readonly kind: "card" | "phone"; readonly value: string };
  readonly at: string;
  readonly data: Readonly<Record<string, string | number>>;
};

export type EventType =
  | "member-joined"
  | "card-issued"
  | "card-closed"
  | "number-moved"
  | "services-on"
  | "bill-paid"
  | "policy-bought"
  | "ticket-bought"
  | "subscription-bought"
  | "subscription-ended"
  | "promo-code-used";

const SECOND = purpose("events/second");
const SERVICES = purpose("events/services");
const PROMO = purpose("events/promo");

/** The events of receipts: who sells policies, tickets and phone services tells of each sale. */
const SOLD: Readonly<Record<number, EventType>> = {
  [TELECOM]: "bill-paid",
  [INSURER]: "policy-bought",
  [TICKETS]: "ticket-bought",
};

/** Events of members in [from, to), in order of time. One day's events are in memory at a time. */
export function* eventsOf(world: World, from: Day, to: Day): Generator<CityEvent> {
  for (let day = from; day < to; day++) {
    const events = [...lifeEvents(world, day), ...saleEvents(world, day)];
    events.sort((a, b) => a.atMs - b.atMs || a.person - b.person || (a.body.id < b.body.id ? -1 : 1));
    yield* events;
  }
}

function* saleEvents(world: World, day: Day): Generator<CityEvent> {
  for (const { receipt } of deliveriesOf(world, day, day + 1, { onlyPartners: [TELECOM, INSURER, TICKETS] })) {
    if (receipt.owner >= 0) yield saleEvent(world, receipt);
  }
}

function saleEvent(world: World, receipt: CityReceipt): CityEvent {
  const data = {
    category: CATEGORIES[receipt.categories[0] as number]?.id ?? "",
    amountKopecks: receipt.totalKopecks,
    receiptNumber: String(receipt.number),
  };
  const type = SOLD[receipt.partner] ?? "bill-paid";
  return makeEvent(world, receipt.partner, type, receipt.owner, receipt.day, receipt.at, data);
}

function* lifeEvents(world: World, day: Day): Generator<CityEvent> {
  for (let person = 0; person < world.people; person++) {
    const habits = world.habitsOf(person);
    if (!isMember(habits.spans, day)) continue;
    for (const [partner, type, data] of happenings(world, habits, day)) {
      const at = instantOf(day, 36_000 + Math.floor(roll(world.seed, SECOND, person, day) * 36_000));
      yield makeEvent(world, partner, type, person, day, at, data);
    }
  }
}

type Happening = readonly [partner: number, type: EventType, data: EventBody["data"]];
const NOTHING: readonly Happening[] = [];
const OPERATOR = -1;

/** What happens in a member's life on one day. Nothing happens on nearly all days, so the checks come cheapest first. */
function happenings(world: World, habits: Habits, day: Day): readonly Happening[] {
  const { spans } = habits;
  const found: Happening[] = [];
  if (spans.memberFrom === day) found.push([GROCER_NEAR, "member-joined", {}]);
  if (spans.starts[BANK] === day) found.push([BANK, "card-issued", { product: "debit-card" }]);
  if (spans.leaves[BANK] === day && day > (spans.starts[BANK] ?? day)) found.push([BANK, "card-closed", {}]);
  if (spans.starts[TELECOM] === day)
    found.push([TELECOM, "number-moved", { tariff: habits.isPrepaid ? "prepaid" : "monthly" }]);
  if (servicesOnDay(world.seed, habits) === day) found.push([TELECOM, "services-on", { service: "mobile-internet" }]);
  if (renewsSubscription(habits, day)) {
    found.push([OPERATOR, "subscription-bought", { months: 1, amountKopecks: MEMBERSHIP_FIGURES.subscriptionKopecks }]);
  }
  if (spans.subscribedUntil === day) found.push([OPERATOR, "subscription-ended", {}]);
  if (promoDay(world, habits) === day)
    found.push([OPERATOR, "promo-code-used", { code: promoCodeOf(habits.fraud?.leader ?? 0) }]);
  return found.length > 0 ? found : NOTHING;
}

function servicesOnDay(seed: number, habits: Habits): Day {
  const start = habits.spans.starts[TELECOM] as Day;
  const u = roll(seed, SERVICES, habits.person, 0) * 10_000;
  if (u >= EVENT_FIGURES.servicesOnBp) return -1;
  return start + 1 + Math.floor((u / EVENT_FIGURES.servicesOnBp) * EVENT_FIGURES.servicesOnWithinDays);
}

/** A subscription is paid on its first day and on the same day of each month after. */
function renewsSubscription(habits: Habits, day: Day): boolean {
  const { spans } = habits;
  if (!isSubscribed(spans, day)) return false;
  const { subscribedFrom } = spans;
  return day === subscribedFrom || dayOfMonth(day) === Math.min(28, dayOfMonth(subscribedFrom));
}

function dayOfMonth(day: Day): number {
  return day - firstDayOf(monthOf(day)) + 1;
}

/** Strangers use a shared personal code within weeks of the opening. */
function promoDay(world: World, habits: Habits): Day {
  if (habits.fraud?.kind !== "promo-sharing") return -1;
  return world.opens + Math.floor(roll(world.seed, PROMO, habits.person, 0) * EVENT_FIGURES.promoCodeWithinDays);
}

/** The personal promo code of a person, meant for that person alone. */
export function promoCodeOf(person: number): string {
  return `DRUG-${person.toString(36).toUpperCase().padStart(6, "0")}`;
}

function makeEvent(
  world: World,
  partner: number,
  type: EventType,
  person: number,
  day: Day,
  atMs: number,
  data: EventBody["data"],
): CityEvent {
  const usesPhone = partner === TELECOM || partner === BANK;
  const body: EventBody = {
    partner: partner === OPERATOR ? OPERATOR_ID : (PARTNERS[partner]?.id ?? ""),
    id: `${type}-${person}-${day}${data.receiptNumber ? `-${data.receiptNumber}` : ""}`,
    type,
    member: usesPhone
      ? { kind: "phone", value: phoneOf(world.seed, person, 0) }
      : { kind: "card", value: cardOf(world.seed, person, 0) },
    at: moscowTime(atMs),
    data,
  };
  return { body, person, atMs };
}
