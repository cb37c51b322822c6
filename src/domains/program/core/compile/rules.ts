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
  const shares = sharesOf(source.funders, document);
  const isPerLine = source.group !== undefined && document.stacking[source.group]?.per === "line";
  const effect = compileEffect(details, tables.categories);
  const paidBy = details.paidBy === "tender" ? tenderFilter(source.when ?? {}) : undefined;
  const takesDeliveryFee = document.receipts.deliveryFeeEarns && picksNoLines(condition) && !isPerLine;
  const isPlain = (effect.kind === "percent" || effect.kind === "fixed") && !isPerLine && paidBy === undefined;
  return {
    id,
    name: textOf(source.name),
    priority: source.priority ?? 0,
    condition: withCampaign(condition, source, document, tables.calendar),
    effect,
    paidBy,
    rounding: rounding.mode,
    stepCents: STEPS[rounding.to],
    takesDeliveryFee,
    lot: lotFor(source),
    campaign: source.campaign,
    group: source.group,
    capIds: listOf(source.caps),
    shares,
    paidBySeller: shares?.has("seller") === true,
    rowKey: isPlain ? rowKeyOf(condition, takesDeliveryFee) : undefined,
  };
}

function rowKeyOf({ lineMask, favouriteOnly, anyOf, not }: Condition, takesDeliveryFee: boolean): string | undefined {
  if (anyOf !== undefined || not !== undefined) return undefined;
  return JSON.stringify([lineMask?.join("") ?? "", favouriteOnly, takesDeliveryFee]);
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

const NO_RATES = new Int32Array(0);

function compileEffect(details: EarnDetails, categories: CategoryIndex): Effect {
  const { percent, points, forEach, multiply } = details;
  const effect = (kind: Effect["kind"], rest: Partial<Effect>): Effect => ({
    kind,
    rateBp: rest.rateBp ?? 0,
    rates: rest.rates ?? NO_RATES,
    cents: rest.cents ?? 0,
    forEachKopecks: rest.forEachKopecks ?? 0,
    multiplierBp: rest.multiplierBp ?? 0,
  });
  if (percent === "favourite") return effect("favourite", {});
  if (typeof percent === "string") return effect("percent", { rateBp: percentBp(percent) });
  if (percent !== undefined) return effect("by-category", { rates: ratesByCategory(categories, percent, -1) });
  if (points !== undefined) {
    const forEachKopecks = forEach === undefined ? 0 : moneyKopecks(forEach);
    return effect("fixed", { cents: pointsCentsOf(points), forEachKopecks });
  }
  invariant(multiply !== undefined, "a rule has one effect");
  return effect("multiply", { multiplierBp: multiplierBp(multiply) });
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
  const weights = Float64Array.from(ids, (id) => sums.get(id) ?? 0);
  return {
    ids,
    numbers: ids.map((id) => numbers.get(id) ?? -1),
    weights,
    weightSum: weights.reduce((sum, weight) => sum + weight, 0),
  };
}
