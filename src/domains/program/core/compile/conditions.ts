import { type Calendar, parseDay, weekdayOf } from "#kernel/time.ts";
import { hoursOf, moneyKopecks } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { listOf } from "../document/shorthand.ts";
import type {
  CategoryIndex,
  Check,
  Condition,
  LevelTerms,
  PricingContext,
  StoreTerms,
  TenderFilter,
} from "./compiled.ts";
import { compileNeeds } from "./needs.ts";
import type { SlotsBuilder } from "./tables.ts";

export type When = NonNullable<ProgrammeDocument["rules"][string]["when"]>;
export type FlatWhen = NonNullable<When["not"]>;
type Range = NonNullable<When["receiptAmount"]>;

export type ConditionTables = {
  readonly calendar: Calendar;
  readonly stores: readonly StoreTerms[];
  readonly categories: CategoryIndex;
  readonly levels: ReadonlyMap<string, LevelTerms>;
  readonly slots: SlotsBuilder;
};

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Conditions as closures over the receipt, cheapest first, and masks over its lines. */
export function compileCondition(when: When | undefined, tables: ConditionTables): Condition {
  const source = when ?? {};
  const flat = compileFlat(source, tables);
  return {
    ...flat,
    anyOf: source.anyOf?.map((each) => compileFlat(each, tables)),
    not: source.not === undefined ? undefined : compileFlat(source.not, tables),
    eligibleFrom: source.eligibleAmount?.atLeast === undefined ? 0 : moneyKopecks(source.eligibleAmount.atLeast),
    eligibleBelow:
      source.eligibleAmount?.below === undefined ? Number.POSITIVE_INFINITY : moneyKopecks(source.eligibleAmount.below),
  };
}

function compileFlat(when: FlatWhen, tables: ConditionTables): Condition {
  const needs = compileNeeds(when, tables);
  const checks = [
    channelCheck(when),
    ...needs.checks,
    amountCheck(when.receiptAmount),
    daysCheck(when, tables),
    weekdayCheck(when, tables),
    hoursCheck(when, tables),
    firstPurchaseCheck(when.firstPurchase),
    tenderCheck(tenderFilter(when)),
    pointsSpentCheck(when.pointsSpent),
  ];
  return {
    placeMask: placeMask(when, tables.stores),
    needs: needs.masks[0] ?? 0,
    needsToo: needs.masks[1] ?? 0,
    gate: needs.gate,
    checks: checks.filter((check) => check !== undefined),
    lineMask: categoryMask(when, tables.categories),
    favouriteOnly: when.favourite === true,
    anyOf: undefined,
    not: undefined,
    eligibleFrom: 0,
    eligibleBelow: Number.POSITIVE_INFINITY,
  };
}

/** Whether a condition looks at whole receipts, so that the delivery fee may belong to it. */
export function picksNoLines(condition: Condition): boolean {
  return (
    condition.lineMask === undefined &&
    !condition.favouriteOnly &&
    condition.anyOf === undefined &&
    condition.not === undefined
  );
}

/** Which stores a condition allows, by store number; undefined when it names no place. */
export function placeMask(
  when: Pick<FlatWhen, "partner" | "brand" | "store" | "city">,
  stores: readonly StoreTerms[],
): Uint8Array | undefined {
  if (!when.partner && !when.brand && !when.store && !when.city) return undefined;
  const allows = (wanted: string | readonly string[] | undefined) => {
    const set = new Set(listOf(wanted));
    return (value: string | undefined) => wanted === undefined || (value !== undefined && set.has(value));
  };
  const partner = allows(when.partner);
  const brand = allows(when.brand);
  const store = allows(when.store);
  const city = allows(when.city);
  return Uint8Array.from(stores, (each) =>
    partner(each.partner.id) && brand(each.brand) && store(each.id) && city(each.city) ? 1 : 0,
  );
}

export function tenderFilter(when: FlatWhen): TenderFilter | undefined {
  if (!when.tender && !when.bank) return undefined;
  return {
    kinds: when.tender === undefined ? undefined : listOf(when.tender),
    banks: when.bank === undefined ? undefined : listOf(when.bank),
  };
}

/** Kopecks of the receipt that tenders of the filter paid. */
export function tenderedKopecks(filter: TenderFilter, context: PricingContext): number {
  let sum = 0;
  const tenders = context.receipt.tenders;
  for (let i = 0; i < tenders.length; i++) {
    const tender = tenders[i];
    if (!tender) continue;
    if (filter.kinds && !filter.kinds.includes(tender.kind)) continue;
    if (filter.banks && (tender.bank === undefined || !filter.banks.includes(tender.bank))) continue;
    sum += tender.amountKopecks;
  }
  return sum;
}

function channelCheck(when: FlatWhen): Check | undefined {
  if (when.channel === undefined) return undefined;
  const channels = listOf(when.channel);
  return (context) => channels.includes(context.channel);
}

function amountCheck(range: Range | undefined): Check | undefined {
  if (range === undefined) return undefined;
  const from = range.atLeast === undefined ? 0 : moneyKopecks(range.atLeast);
  const below = range.below === undefined ? Number.POSITIVE_INFINITY : moneyKopecks(range.below);
  return (context) => context.totalKopecks >= from && context.totalKopecks < below;
}

function daysCheck(when: FlatWhen, tables: ConditionTables): Check | undefined {
  if (when.from === undefined && when.until === undefined) return undefined;
  return daysWithin(
    dayOr(when.from, Number.NEGATIVE_INFINITY),
    dayOr(when.until, Number.POSITIVE_INFINITY),
    tables.calendar,
  );
}

/** Holds on the days [first, last], by the calendar. */
export function daysWithin(first: number, last: number, calendar: Calendar): Check {
  const fromAt = Number.isFinite(first) ? calendar.startOf(first) : first;
  const untilAt = Number.isFinite(last) ? calendar.startOf(last + 1) : last;
  return (context) => context.receipt.at >= fromAt && context.receipt.at < untilAt;
}

function dayOr(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDay(text) ?? otherwise);
}

function weekdayCheck(when: FlatWhen, tables: ConditionTables): Check | undefined {
  if (when.weekday === undefined) return undefined;
  const mask = new Uint8Array(8);
  for (const weekday of listOf(when.weekday)) mask[WEEKDAYS.indexOf(weekday) + 1] = 1;
  const calendarOf = zoneOf(when, tables);
  return (context) => mask[weekdayOf(calendarOf(context).dayOf(context.receipt.at))] === 1;
}

function hoursCheck(when: FlatWhen, tables: ConditionTables): Check | undefined {
  if (when.hours === undefined) return undefined;
  const spans = listOf(when.hours).map(hoursOf);
  const calendarOf = zoneOf(when, tables);
  return (context) => {
    const minute = calendarOf(context).minuteOfDay(context.receipt.at);
    return spans.some(({ fromMinute, untilMinute }) =>
      fromMinute < untilMinute
        ? minute >= fromMinute && minute < untilMinute
        : minute >= fromMinute || minute < untilMinute,
    );
  };
}

function zoneOf(when: FlatWhen, tables: ConditionTables): (context: PricingContext) => Calendar {
  return when.zone === "programme" ? () => tables.calendar : (context) => context.store.calendar;
}

/**
 * "First" looks at what is recorded: a late receipt that is older than the recorded first purchase does not count as
 * first again, else one welcome could be paid twice.
 */
function firstPurchaseCheck(wanted: FlatWhen["firstPurchase"]): Check | undefined {
  if (wanted === undefined) return undefined;
  if (wanted === "programme") return (context) => context.standing.firstPurchaseAt.size === 0;
  return (context) => !context.standing.firstPurchaseAt.has(context.receipt.partner);
}

function tenderCheck(filter: TenderFilter | undefined): Check | undefined {
  return filter && ((context) => tenderedKopecks(filter, context) > 0);
}

function pointsSpentCheck(wanted: FlatWhen["pointsSpent"]): Check | undefined {
  if (wanted === undefined) return undefined;
  return wanted === "some"
    ? (context) => context.receipt.spendCents > 0
    : (context) => context.receipt.spendCents === 0;
}

function categoryMask(when: FlatWhen, categories: CategoryIndex): Uint8Array | undefined {
  if (when.category === undefined && when.exceptCategory === undefined) return undefined;
  const count = categories.ids.length;
  const mask = new Uint8Array(count).fill(when.category === undefined ? 1 : 0);
  const paint = (ids: readonly string[], value: number) => {
    for (const id of ids) {
      const above = categories.numbers.get(id) ?? -1;
      for (let below = 0; below < count; below++) if (categories.isUnder[above * count + below]) mask[below] = value;
    }
  };
  paint(listOf(when.category), 1);
  paint(listOf(when.exceptCategory), 0);
  return mask;
}
