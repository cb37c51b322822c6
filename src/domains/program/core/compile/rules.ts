import { invariant } from "#kernel/invariant.ts";
import { type Calendar, parseDay } from "#kernel/time.ts";
import { moneyKopecks, multiplierBp, percentBp, pointsCentsOf } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { type EarnDetails, earnDetails, listOf, type RuleSource, textOf } from "../document/shorthand.ts";
import type { CategoryIndex, Condition, Effect, FunderShares, LotTerms, RuleTerms } from "./compiled.ts";
import { type ConditionTables, compileCondition, daysWithin, picksNoLines, tenderFilter } from "./conditions.ts";
import { ratesByCategory } from "./tables.ts";

type RoundingSource = NonNullable<RuleSource["rounding"]>;

const STEPS: Record<NonNullable<RoundingSource["to"]>, number> = {
  "0.01 points": 1,
  "0.1 points": 10,
  "1 point": 100,
  "10 points": 1_000,
};

/** Gives rules with equal activation and expiry one LotTerms, so that their points become one lot. */
export type LotFor = (rule: Pick<RuleSource, "activation" | "expiry">) => LotTerms;

export function compileRule(
  id: string,
  document: ProgrammeDocument,
  tables: ConditionTables,
  lotFor: LotFor,
): RuleTerms {
  const source = document.rules[id];
  invariant(source, `no rule ${id}`);
  const details = earnDetails(source.earn);
  const rounding = { ...document.rounding, ...source.rounding };
  const condition = compileCondition(source.when, tables);
  const isPerLine = source.group !== undefined && document.stacking[source.group]?.per === "line";
  return {
    id,
    name: textOf(source.name),
    priority: source.priority ?? 0,
    condition: withCampaign(condition, source, document, tables.calendar),
    effect: compileEffect(details, tables.categories),
    paidBy: details.paidBy === "tender" ? tenderFilter(source.when ?? {}) : undefined,
    rounding: rounding.mode,
    stepCents: STEPS[rounding.to],
    takesDeliveryFee: document.receipts.deliveryFeeEarns && picksNoLines(condition) && !isPerLine,
    lot: lotFor(source),
    campaign: source.campaign,
    group: source.group,
    capIds: listOf(source.caps),
    shares: sharesOf(source.funders, document),
  };
}

function withCampaign(
  condition: Condition,
  source: RuleSource,
  document: ProgrammeDocument,
  calendar: Calendar,
): Condition {
  const campaign = source.campaign === undefined ? undefined : document.campaigns[source.campaign];
  if (!campaign) return condition;
  const first = parseDay(campaign.from);
  const last = parseDay(campaign.until);
  invariant(first !== undefined && last !== undefined, `campaign ${source.campaign} has days`);
  return { ...condition, checks: [daysWithin(first, last, calendar), ...condition.checks] };
}

function compileEffect(details: EarnDetails, categories: CategoryIndex): Effect {
  const { percent } = details;
  if (percent === "favourite") return { kind: "favourite" };
  if (typeof percent === "string") return { kind: "percent", rateBp: percentBp(percent) };
  if (percent !== undefined) return { kind: "by-category", rates: ratesByCategory(categories, percent, -1) };
  if (details.points !== undefined) {
    const forEachKopecks = details.forEach === undefined ? 0 : moneyKopecks(details.forEach);
    return { kind: "fixed", cents: pointsCentsOf(details.points), forEachKopecks };
  }
  invariant(details.multiply !== undefined, "a rule has one effect");
  return { kind: "multiply", multiplierBp: multiplierBp(details.multiply) };
}

/** Shares by partner id; `seller` stays as it is, to be replaced by the partner of the receipt. */
export function sharesOf(
  funders: RuleSource["funders"],
  document: ProgrammeDocument,
): ReadonlyMap<string, number> | undefined {
  if (funders === undefined) return undefined;
  if (typeof funders === "string") {
    const split = document.funderSplits[funders];
    return split ? sharesOf(split, document) : new Map([[funders, 1]]);
  }
  if (Array.isArray(funders)) return new Map(funders.map((id) => [id, 1]));
  return new Map(
    Object.entries(funders).map(([id, share]) => [id, typeof share === "number" ? share : percentBp(share)]),
  );
}

/** Shares as pricing needs them at one partner: sorted by id, `seller` added to that partner's own share. */
export function placeShares(
  shares: ReadonlyMap<string, number>,
  seller: string,
  numbers: ReadonlyMap<string, number>,
): FunderShares {
  const sums = new Map<string, number>();
  for (const [id, share] of shares) {
    const funder = id === "seller" ? seller : id;
    sums.set(funder, (sums.get(funder) ?? 0) + share);
  }
  const ids = [...sums.keys()].sort();
  return {
    ids,
    numbers: ids.map((id) => numbers.get(id) ?? -1),
    weights: ids.map((id) => sums.get(id) ?? 0),
  };
}
