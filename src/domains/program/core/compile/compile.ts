import { invariant } from "#kernel/invariant.ts";
import { applyRate } from "#kernel/money.ts";
import { createCalendar, type EpochMs } from "#kernel/time.ts";
import { durationOf, fixedMs, moneyKopecks, percentBp, pointsCentsOf } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { textOf } from "../document/shorthand.ts";
import { compileCaps } from "./caps.ts";
import type {
  CompiledProgramme,
  CoverTerms,
  LotTerms,
  PartnerPlan,
  PartnerTerms,
  Policies,
  StoreTerms,
} from "./compiled.ts";
import type { ConditionTables } from "./conditions.ts";
import { compileFees } from "./fees.ts";
import { compileLot } from "./lot-times.ts";
import { planPartner } from "./plan.ts";
import { compileRule, type LotFor } from "./rules.ts";
import { compileSpending } from "./spending.ts";
import { calendarsBy, createSlots, indexCategories, indexFavourites, indexLevels, sortedIds } from "./tables.ts";
import { compileVelocity } from "./velocity.ts";

const NO_PLAN: PartnerPlan = {
  rules: [],
  ownCount: 0,
  rowCount: 0,
  baseRowCount: 0,
  freeRow: 0,
  groups: [],
  caps: [],
  capsAt: [],
  always: new Int32Array(0),
  bySlot: [],
  spending: [],
};

/**
 * Makes a checked document ready for pricing. A document comes from `parseProgramme`, so what it names exists;
 * anything else is a bug here and throws.
 */
export function compileProgramme(
  document: ProgrammeDocument,
  version: number,
  effectiveFromAt: EpochMs,
): CompiledProgramme {
  const calendar = createCalendar(document.programme.timeZone);
  const partners = compilePartners(document);
  const stores = compileStores(document, partners, calendarsBy(calendar));
  const categories = indexCategories(document);
  const levels = indexLevels(document);
  const slots = createSlots(levels.size);
  const tables: ConditionTables = { calendar, stores: [...stores.values()], categories, levels, slots };
  const lots = createLots(document, calendar);
  const rules = sortedIds(document.rules)
    .map((id) => compileRule(id, document, tables, lots.lotFor))
    .sort((a, b) => b.priority - a.priority);
  const caps = compileCaps(document, partners.values());
  const spending = compileSpending(document, tables, caps);
  const partnerNumbers = new Map([...partners.keys()].map((id, number) => [id, number]));
  for (const partner of partners.values()) {
    const planTables = { document, stores: tables.stores, partnerNumbers, rules, caps, spending };
    partner.plan = planPartner(partner.id, partner.canRedeem, planTables);
  }
  return {
    version,
    effectiveFromAt,
    document,
    calendar,
    pointValueKopecks: moneyKopecks(document.programme.pointValue),
    operator: document.programme.operator,
    name: textOf(document.programme.name),
    partners,
    funderIds: [...partners.keys()],
    stores,
    categories,
    levels,
    slots,
    favourites: indexFavourites(document, categories, [...levels.keys()]),
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    caps,
    spending: new Map(spending.map((each) => [each.id, each])),
    velocity: compileVelocity(document, tables.stores),
    fees: compileFees(document),
    defaultLot: lots.lotFor({}),
    lotCount: lots.count(),
    receipts: {
      deliveryFeeEarns: document.receipts.deliveryFeeEarns,
      deliveryFeePayable: document.receipts.deliveryFeePayable,
      countZero: document.receipts.zeroAmountLines === "count",
    },
    policies: compilePolicies(document.policies),
  };
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** In code point order: a partner's place in the map is its number, and ties between funders go by it. */
function compilePartners(document: ProgrammeDocument): Map<string, Draft<PartnerTerms>> {
  return new Map(
    sortedIds(document.partners).map((id): [string, Draft<PartnerTerms>] => {
      const source = document.partners[id];
      invariant(source, `no partner ${id}`);
      const { kind, canFund, canRedeem } = source;
      const funding = source.funding?.mode ?? "postpaid";
      return [
        id,
        {
          id,
          name: textOf(source.name),
          kind,
          canFund,
          canRedeem,
          funding,
          cover: coverOf(source.funding, document),
          plan: NO_PLAN,
        },
      ];
    }),
  );
}

/** A deposit or a guarantee; undefined for whom the coalition trusts without either. */
function coverOf(
  funding: ProgrammeDocument["partners"][string]["funding"],
  document: ProgrammeDocument,
): CoverTerms | undefined {
  if (funding === undefined || (funding.mode === "postpaid" && funding.guarantee === undefined)) return undefined;
  const alertBp = percentBp(funding.alertAt ?? "80%");
  if (funding.guarantee === undefined) return { limitCents: undefined, alertBp, guaranteeKopecks: undefined };
  const guaranteeKopecks = moneyKopecks(funding.guarantee);
  const points = Math.floor((guaranteeKopecks * 100) / moneyKopecks(document.programme.pointValue));
  return { limitCents: applyRate(points, percentBp(funding.stopAt ?? "100%"), "down"), alertBp, guaranteeKopecks };
}

function compileStores(
  document: ProgrammeDocument,
  partners: ReadonlyMap<string, PartnerTerms>,
  calendarOf: ReturnType<typeof calendarsBy>,
): Map<string, StoreTerms> {
  return new Map(
    sortedIds(document.stores).map((id, number): [string, StoreTerms] => {
      const source = document.stores[id];
      const partner = partners.get(document.brands[source?.brand ?? ""]?.partner ?? "");
      invariant(source && partner, `store ${id} has a brand and a partner`);
      const channel = source.channel ?? "store";
      const calendar = calendarOf(source.timeZone);
      return [id, { id, number, partner, brand: source.brand, city: source.city, channel, calendar }];
    }),
  );
}

function createLots(document: ProgrammeDocument, calendar: CompiledProgramme["calendar"]) {
  const known = new Map<string, LotTerms>();
  const lotFor: LotFor = (rule) => {
    const activation = rule.activation ?? document.lots.activation;
    const expiry = rule.expiry ?? document.lots.expiry;
    const key = JSON.stringify([activation, expiry]);
    const lot = known.get(key) ?? compileLot(known.size, activation, expiry, calendar);
    known.set(key, lot);
    return lot;
  };
  return { lotFor, count: () => known.size };
}

function compilePolicies(source: ProgrammeDocument["policies"]): Policies {
  return {
    receiptCap: source.receiptCap,
    returnOfExpired: source.returnOfExpired,
    graceDays: daysOf(source.grace),
    lateWindowDays: daysOf(source.lateWindow),
    futureToleranceMs: msOf(source.futureTolerance),
    onlineToleranceMs: msOf(source.onlineTolerance),
    longestHoldMs: msOf(source.longestHold),
    budget: source.budget,
    boostReturn: source.boostReturn,
    budgetReturn: source.budgetReturn,
    prepaidShort: source.prepaidShort,
    reserveMs: msOf(source.reserve),
    // Versions stored before there was such a policy.
    expectedRedemptionBp: percentBp(source.expectedRedemption ?? "80%"),
    erasedPoints: source.erasedPoints,
    householdCents: pointsCentsOf(source.householdPoints ?? "0 points"),
  };
}

function daysOf(text: string): number {
  const duration = durationOf(text);
  invariant(duration.unit === "day", `expected days, got ${text}`);
  return duration.count;
}

function msOf(text: string): number {
  const ms = fixedMs(durationOf(text));
  invariant(ms !== undefined, `expected minutes, hours or days, got ${text}`);
  return ms;
}
