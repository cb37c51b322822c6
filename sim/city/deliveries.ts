import { invariant } from "#kernel/invariant.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import { type Agenda, type AgendaEntry, createAgenda } from "./agenda.ts";
import { ARRIVAL_FIGURES, RETURN_FIGURES } from "./assumptions.ts";
import { aim, createDice, next, purpose } from "./dice.ts";
import { buildReceipt, type CityReceipt, instantOf } from "./receipts.ts";
import { buildReturn, type CityReturn, returnDelay, returnSecond } from "./returns.ts";
import { isOnline, partnerOfSlot, SLOTS, secondOf, visitsOn } from "./visits.ts";
import type { World } from "./world.ts";

/** One thing that a door gets, in the order in which it gets it. A retry is a receipt that was sent before. */
export type Delivery =
  | {
      readonly kind: "receipt" | "retry";
      readonly arrivesAt: EpochMs;
      readonly isLate: boolean;
      readonly receipt: CityReceipt;
    }
  | {
      readonly kind: "return";
      readonly arrivesAt: EpochMs;
      readonly isLate: false;
      readonly receipt: CityReceipt;
      readonly returned: CityReturn;
    };

export type DeliveryOptions = {
  /** Part of receipts from tills that were offline: they arrive minutes to three days after their time. */
  readonly lateShareBp?: number;
  /** Part of receipts that are sent twice. */
  readonly retryShareBp?: number;
  readonly returns?: boolean;
  /** Partners by number; all where left out. */
  readonly onlyPartners?: readonly number[];
};

const RECEIPT = 0;
const LATE = 1;
const RETRY = 2;
const RETURN = 3;

const SECONDS_IN_DAY = 86_400;
const DELAY = purpose("deliveries/delay");

/** How far back a delivery's receipt can lie: the longest return and the longest delay before it. */
const LONGEST_DAYS = RETURN_FIGURES.longestDays + 4;

/** Days planned in one pass over the people: what a person is must be worked out once for all of them. */
const DAYS_TOGETHER = 7;

/**
 * Deliveries that arrive in [from, to), in order of arrival. Visits are planned for some days together into an agenda per
 * day of arrival, and become receipts when their turn comes; a window that begins in the middle first plans the days before
 * it for what they left waiting. So memory holds a week's visits (18 bytes each) and some later ones, however long the period.
 */
export function* deliveriesOf(world: World, from: Day, to: Day, options: DeliveryOptions): Generator<Delivery> {
  const agendas = new Map<Day, Agenda>();
  const looksBack = (options.lateShareBp ?? 0) + (options.retryShareBp ?? 0) > 0 || options.returns === true;
  const first = looksBack ? Math.max(world.opens, from - LONGEST_DAYS) : from;
  const plan: Plan = (day, arrives, person, slot, kind) => {
    const arrivalDay = day + Math.floor(arrives / SECONDS_IN_DAY);
    if (arrivalDay < from || arrivalDay >= to) return;
    const agenda = agendas.get(arrivalDay) ?? createAgenda();
    agendas.set(arrivalDay, agenda);
    agenda.add(arrives % SECONDS_IN_DAY, person, day, slot, kind);
  };
  for (let start = first; start < to; start += DAYS_TOGETHER) {
    const end = Math.min(start + DAYS_TOGETHER, to);
    planDays(world, start, end, options, plan);
    for (let day = start; day < end; day++) {
      for (const entry of agendas.get(day)?.inOrder() ?? []) yield deliveryOf(world, day, entry);
      agendas.delete(day);
    }
  }
}

type Plan = (day: Day, arrives: number, person: number, slot: number, kind: number) => void;

/** Says when each visit of the days, its retry and its return arrive, in seconds from the visit's midnight on. */
function planDays(world: World, from: Day, to: Day, options: DeliveryOptions, plan: Plan): void {
  const { seed } = world;
  const slots = new Uint8Array(SLOTS);
  for (let person = 0; person < world.people; person++) {
    const habits = world.habitsOf(person);
    for (let day = from; day < to; day++) {
      const facts = world.facts(day);
      const visits = visitsOn(seed, habits, facts, slots);
      for (let i = 0; i < visits; i++) {
        const slot = slots[i] as number;
        if (options.onlyPartners?.includes(partnerOfSlot(slot)) === false) continue;
        const second = secondOf(seed, habits, facts, slot, isOnline(seed, habits, day, slot));
        const delays = delaysOf(seed, person, day, slot, options);
        const arrives = second + delays.late;
        plan(day, arrives, person, slot, delays.late > 0 ? LATE : RECEIPT);
        if (delays.retry > 0) plan(day, arrives + delays.retry, person, slot, RETRY);
        if (options.returns) planReturn(seed, person, day, slot, arrives, plan);
      }
    }
  }
}

/** A return never arrives before its receipt has: the till would not find it. */
function planReturn(seed: number, person: number, day: Day, slot: number, receiptArrives: number, plan: Plan): void {
  const delay = returnDelay(seed, person, day, slot);
  if (delay === 0) return;
  const returned = delay * SECONDS_IN_DAY + returnSecond(seed, person, day, slot);
  plan(day, Math.max(returned, receiptArrives + 60), person, slot, RETURN);
}

const PROMPT = { late: 0, retry: 0 };
const dice = createDice();

function delaysOf(
  seed: number,
  person: number,
  day: Day,
  slot: number,
  options: DeliveryOptions,
): { late: number; retry: number } {
  const { lateShareBp = 0, retryShareBp = 0 } = options;
  if (lateShareBp + retryShareBp === 0) return PROMPT;
  aim(dice, seed, DELAY, person, day * SLOTS + slot);
  const isLate = next(dice) * 10_000 < lateShareBp;
  const isRetried = next(dice) * 10_000 < retryShareBp;
  const late = isLate ? lateDelay(next(dice), next(dice)) : 0;
  const isQuick = next(dice) * 10_000 < ARRIVAL_FIGURES.quickRetryBp;
  const u = next(dice);
  if (!isRetried) return { late, retry: 0 };
  return { late, retry: isQuick ? 1 + Math.floor(u * ARRIVAL_FIGURES.quickRetrySeconds) : lateDelay(u, next(dice)) };
}

function lateDelay(which: number, within: number): number {
  let below = 0;
  for (const { shareBp, fromSeconds, toSeconds } of ARRIVAL_FIGURES.lateDelays) {
    below += shareBp;
    if (which * 10_000 < below) return fromSeconds + Math.floor(within * (toSeconds - fromSeconds));
  }
  throw new Error("shares of delays sum to 10,000");
}

function deliveryOf(world: World, day: Day, entry: AgendaEntry): Delivery {
  const habits = world.habitsOf(entry.person);
  const online = isOnline(world.seed, habits, entry.day, entry.slot);
  const second = secondOf(world.seed, habits, world.facts(entry.day), entry.slot, online);
  const receipt = buildReceipt(world, habits, entry.day, entry.slot, second);
  const arrivesAt = instantOf(day, entry.second);
  if (entry.kind === RETURN) {
    return { kind: "return", arrivesAt, isLate: false, receipt, returned: buildReturn(world.seed, receipt) };
  }
  invariant(arrivesAt >= receipt.at, "nothing arrives before it happened");
  return { kind: entry.kind === RETRY ? "retry" : "receipt", arrivesAt, isLate: entry.kind === LATE, receipt };
}
