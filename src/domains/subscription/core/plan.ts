import {
  type CompiledProgramme,
  DEFAULT_SUBSCRIPTION,
  type ProgrammeDocument,
  quantities,
} from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { addMonths, type Calendar, type Day, type EpochMs, parseDay } from "#kernel/time.ts";

export type Text = { readonly ru: string; readonly en: string };

export type Promo = {
  readonly id: string;
  /** In capitals. */
  readonly code: string;
  readonly priceKopecks: Kopecks;
  readonly periods: number;
  readonly fromDay: Day | undefined;
  readonly untilDay: Day | undefined;
  readonly limit: number | undefined;
};

/** A subscription's terms as a programme version states them. */
export type Plan = {
  readonly id: string;
  readonly name: Text;
  readonly seller: PartnerId;
  readonly priceKopecks: Kopecks;
  readonly months: 1 | 12;
  readonly trial: { readonly lasts: quantities.Duration; readonly priceKopecks: Kopecks } | undefined;
  readonly graceMs: number;
  readonly retriesMs: readonly number[];
  readonly refund: { readonly share: "pro-rata" | "full" | "none"; readonly points: "keep" | "take-back" };
  readonly promos: readonly Promo[];
  readonly delivery:
    | { readonly partners: readonly PartnerId[]; readonly feeKopecks: Kopecks; readonly usual: number }
    | undefined;
  readonly programmeVersion: number;
};

type Source = ProgrammeDocument["subscriptions"][string];

export function planOf(programme: CompiledProgramme, id: string): Plan | undefined {
  const source = Object.hasOwn(programme.document.subscriptions, id) ? programme.document.subscriptions[id] : undefined;
  return source && toPlan(id, source, programme.version);
}

export function plansOf(programme: CompiledProgramme): Plan[] {
  return Object.entries(programme.document.subscriptions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, source]) => toPlan(id, source, programme.version));
}

function toPlan(id: string, source: Source, programmeVersion: number): Plan {
  const { name, trial, delivery } = source;
  const { grace = DEFAULT_SUBSCRIPTION.grace, retries = DEFAULT_SUBSCRIPTION.retries } = source;
  return {
    id,
    name: typeof name === "string" ? { ru: name, en: name } : name,
    seller: source.seller,
    priceKopecks: quantities.moneyKopecks(source.price),
    months: source.period === "month" ? 1 : 12,
    trial: trial && {
      lasts: quantities.durationOf(trial.lasts),
      priceKopecks: trial.price === undefined ? 0 : quantities.moneyKopecks(trial.price),
    },
    graceMs: msOf(grace),
    retriesMs: retries.map(msOf),
    refund: source.refund ?? DEFAULT_SUBSCRIPTION.refund,
    promos: Object.entries(source.promos ?? {}).map(([promo, terms]) => ({
      id: promo,
      code: terms.code.toUpperCase(),
      priceKopecks: quantities.moneyKopecks(terms.price),
      periods: quantities.timesOf(terms.periods),
      fromDay: terms.from === undefined ? undefined : parseDay(terms.from),
      untilDay: terms.until === undefined ? undefined : parseDay(terms.until),
      limit: terms.limit === undefined ? undefined : quantities.timesOf(terms.limit),
    })),
    delivery: delivery && {
      partners: typeof delivery.at === "string" ? [delivery.at] : delivery.at,
      feeKopecks: quantities.moneyKopecks(delivery.fee),
      usual: quantities.timesOf(delivery.usual),
    },
    programmeVersion,
  };
}

function msOf(text: string): number {
  return quantities.fixedMs(quantities.durationOf(text)) ?? 0;
}

/** The promo that a code names and that can be used on a day. */
export function findPromo(plan: Plan, code: string, today: Day): Promo | undefined {
  const typed = code.trim().toUpperCase();
  return plan.promos.find(
    ({ code: known, fromDay, untilDay }) =>
      known === typed && (fromDay === undefined || fromDay <= today) && (untilDay === undefined || today <= untilDay),
  );
}

/** So many months after a moment, at the same time of the day; the last day of a month that has no such day. */
export function monthsAfter(at: EpochMs, months: number, calendar: Calendar): EpochMs {
  const day = calendar.dayOf(at);
  return calendar.startOf(addMonths(day, months)) + (at - calendar.startOf(day));
}

export function lastsUntil(at: EpochMs, lasts: quantities.Duration, calendar: Calendar): EpochMs {
  if (lasts.unit === "month") return monthsAfter(at, lasts.count, calendar);
  const day = calendar.dayOf(at);
  return calendar.startOf(day + lasts.count) + (at - calendar.startOf(day));
}
