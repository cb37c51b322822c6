import { invariant } from "#kernel/invariant.ts";
import { type Day, type Month, parseDay } from "#kernel/time.ts";
import { type CardTransaction, cardTransactionsOf, toBankReceipt, toCardFeed } from "./card-spending.ts";
import { CATEGORIES, type Category } from "./categories.ts";
import { type Delivery, type DeliveryOptions, deliveriesOf } from "./deliveries.ts";
import { type CityEvent, eventsOf } from "./events.ts";
import type { Household } from "./households.ts";
import { type CityMember, favouritesOf, membersOf, registrationsOf } from "./members.ts";
import { PARTNERS, type Partner } from "./partners.ts";
import type { Person } from "./people.ts";
import { DISTRICTS, type District, STORES, type Store } from "./places.ts";
import { type KnownProfile, profilesOf } from "./profiles.ts";
import { buildReceipt, type CityReceipt } from "./receipts.ts";
import type { CityReturn } from "./returns.ts";
import { type Truth, truthOf } from "./truth.ts";
import { isOnline, SLOTS, secondOf, visitsOn } from "./visits.ts";
import { type ReceiptBody, type ReturnBody, toReceiptBody, toReturnBody } from "./wire.ts";
import { type CityOptions, createWorld, type World } from "./world.ts";

/** Days YYYY-MM-DD, `to` exclusive; the whole period of the city where left out. */
export type Window = { readonly from?: string; readonly to?: string };

/**
 * A city that answers by (seed, index): any person, day or receipt can be asked for without the others. Streams are
 * generators in order of time; a window gives what the same stretch of a longer one would.
 */
export type City = {
  readonly options: CityOptions;
  readonly partners: readonly Partner[];
  readonly categories: readonly Category[];
  readonly stores: readonly Store[];
  readonly districts: readonly District[];
  readonly truth: Truth;
  person(index: number): Person;
  household(number: number): Household;
  /** What each partner knows of a person, with what is wrong with it. */
  profiles(person: number): KnownProfile[];
  /** The person's registrations in the programme; none for who never joins. */
  registrations(person: number): CityMember[];
  members(): Generator<CityMember>;
  favourites(person: number, month: Month, count: number): string[];
  /** All receipts with a time in the window, in that order. */
  receipts(window?: Window): Generator<CityReceipt>;
  /** One person's receipts, without making anybody else's. */
  receiptsOf(person: number, window?: Window): Generator<CityReceipt>;
  /** What doors get in the window, by arrival: late receipts, retries and returns as the options say. */
  deliveries(options?: Window & DeliveryOptions): Generator<Delivery>;
  events(window?: Window): Generator<CityEvent>;
  cardTransactions(window?: Window): Generator<CardTransaction>;
  /** A card transaction as the bank's feed has it, and as a receipt of the bank. */
  toCardFeed(transaction: CardTransaction): ReturnType<typeof toCardFeed>;
  toBankReceipt(transaction: CardTransaction): CityReceipt;
  toReceiptBody(receipt: CityReceipt, spendCents?: number): ReceiptBody;
  toReturnBody(returned: CityReturn): ReturnBody;
  /** The same city without a mission (or without any): the other potential outcome of everything. */
  without(mission?: string): City;
};

export function createCity(options: CityOptions): City {
  const world = createWorld(options);
  const { seed } = world;
  const daysOf = (window: Window = {}): readonly [from: Day, to: Day] => readWindow(world, window);
  return {
    options,
    partners: PARTNERS,
    categories: CATEGORIES,
    stores: STORES,
    districts: DISTRICTS,
    truth: truthOf(world),
    person: world.person,
    household: world.households.household,
    profiles: (person) => profilesOf(world, person),
    registrations: (person) => registrationsOf(world, person),
    members: () => membersOf(world),
    favourites: (person, month, count) => favouritesOf(world, person, month, count),
    receipts: (window) => receiptsOf(world, ...daysOf(window)),
    receiptsOf: (person, window) => receiptsOfPerson(world, person, ...daysOf(window)),
    deliveries: (asked = {}) => deliveriesOf(world, ...daysOf(asked), asked),
    events: (window) => eventsOf(world, ...daysOf(window)),
    cardTransactions: (window) => cardTransactionsOf(world, ...daysOf(window)),
    toCardFeed: (transaction) => toCardFeed(seed, transaction),
    toBankReceipt: (transaction) => toBankReceipt(world, transaction),
    toReceiptBody: (receipt, spendCents) => toReceiptBody(seed, receipt, spendCents),
    toReturnBody,
    without: (mission) => {
      const missions = (options.missions ?? []).filter(({ id }) => mission !== undefined && id !== mission);
      return createCity({ ...options, missions });
    },
  };
}

function readWindow(world: World, window: Window): readonly [from: Day, to: Day] {
  const from = window.from === undefined ? world.opens : parseDay(window.from);
  const to = window.to === undefined ? world.closes : parseDay(window.to);
  invariant(from !== undefined && to !== undefined, "a window needs days YYYY-MM-DD");
  invariant(from >= world.opens && to <= world.closes && from <= to, "a window lies in the city's period");
  return [from, to];
}

function* receiptsOf(world: World, from: Day, to: Day): Generator<CityReceipt> {
  for (const { receipt } of deliveriesOf(world, from, to, {})) yield receipt;
}

function* receiptsOfPerson(world: World, person: number, from: Day, to: Day): Generator<CityReceipt> {
  const slots = new Uint8Array(SLOTS);
  const habits = world.habitsOf(person);
  for (let day = from; day < to; day++) {
    const facts = world.facts(day);
    const count = visitsOn(world.seed, habits, facts, slots);
    const receipts: CityReceipt[] = [];
    for (const slot of slots.subarray(0, count)) {
      const second = secondOf(world.seed, habits, facts, slot, isOnline(world.seed, habits, day, slot));
      receipts.push(buildReceipt(world, habits, day, slot, second));
    }
    yield* receipts.sort((a, b) => a.at - b.at || a.slot - b.slot);
  }
}
