import type { ProgrammeDocument } from "../document/schema.ts";
import { earnDetails, listOf } from "../document/shorthand.ts";
import { placeCaps } from "./caps.ts";
import type {
  CapTerms,
  Condition,
  PartnerPlan,
  PlacedGroup,
  PlacedRule,
  RuleTerms,
  SpendingTerms,
  StoreTerms,
} from "./compiled.ts";
import { placeShares } from "./rules.ts";

export type PlanTables = {
  readonly document: ProgrammeDocument;
  readonly stores: readonly StoreTerms[];
  readonly partnerNumbers: ReadonlyMap<string, number>;
  /** By priority, then id. */
  readonly rules: readonly RuleTerms[];
  readonly caps: ReadonlyMap<string, CapTerms>;
  readonly spending: readonly SpendingTerms[];
};

/** Picks what could ever hold at one partner: a receipt then looks at its own partner's rules only. */
export function planPartner(partner: string, canRedeem: boolean, tables: PlanTables): PartnerPlan {
  const { document } = tables;
  const numbers = tables.stores.filter((store) => store.partner.id === partner).map((store) => store.number);
  const fits = ({ condition: { placeMask } }: { readonly condition: Condition }) =>
    !placeMask || numbers.some((number) => placeMask[number] === 1);
  const narrowMask = ({ placeMask }: Condition) =>
    placeMask && numbers.every((number) => placeMask[number] === 1) ? undefined : placeMask;
  const here = tables.rules.filter(fits);
  const own = here.filter((rule) => rule.effect.kind !== "multiply");
  const multipliers = here.filter((rule) => rule.effect.kind === "multiply");
  const rows = placeRows([...own, ...multipliers]);
  const rules = [...own, ...multipliers].map((terms, i): PlacedRule => {
    const targets = terms.effect.kind === "multiply" ? targetsOf(terms, own, document) : [];
    const funders = terms.shares && placeShares(terms.shares, partner, tables.partnerNumbers);
    const { baseRow, weightRow } = rows.places[i] as RowPlace;
    return { terms, placeMask: narrowMask(terms.condition), funders, baseRow, weightRow, targets };
  });
  const caps = placeCaps(rules, tables.caps, document, { partner, numbers: tables.partnerNumbers });
  return {
    rules,
    ...gateRules(rules),
    capsAt: rules.map((_, position) =>
      Int32Array.from(caps.flatMap(({ applies }, c) => (applies[position] ? [c] : []))),
    ),
    ownCount: own.length,
    baseRowCount: rows.baseRowCount,
    freeRow: rows.count,
    rowCount: rules.reduce((count, rule) => count + rule.targets.length, rows.count),
    groups: placeGroups(own, document),
    caps,
    spending: canRedeem ? tables.spending.filter(fits) : [],
  };
}

/** Rules by what a member must have: a hundred boosts that a member does not have are never looked at. */
function gateRules(rules: readonly PlacedRule[]): Pick<PartnerPlan, "always" | "bySlot"> {
  const always: number[] = [];
  const bySlot: number[][] = [];
  rules.forEach(({ terms }, position) => {
    const { gate } = terms.condition;
    if (gate === undefined) always.push(position);
    for (const slot of gate ?? []) bySlot[slot] = [...(bySlot[slot] ?? []), position];
  });
  return {
    always: Int32Array.from(always),
    bySlot: Array.from(bySlot, (positions) => positions && Int32Array.from(positions)),
  };
}

type RowPlace = { readonly baseRow: number; readonly weightRow: number };

/** Rows of money first, one per choice of lines; then a row of weights for each rule whose lines earn at different rates. */
function placeRows(rules: readonly RuleTerms[]) {
  const byKey = new Map<string, number>();
  let baseRowCount = 0;
  const baseRows = rules.map(({ rowKey }) => {
    const row = (rowKey === undefined ? undefined : byKey.get(rowKey)) ?? baseRowCount++;
    if (rowKey !== undefined) byKey.set(rowKey, row);
    return row;
  });
  let count = baseRowCount;
  const places = rules.map(({ effect }, i): RowPlace => {
    const baseRow = baseRows[i] as number;
    const hasRates = effect.kind === "by-category" || effect.kind === "favourite";
    return { baseRow, weightRow: hasRates ? count++ : baseRow };
  });
  return { places, baseRowCount, count };
}

function targetsOf(multiplier: RuleTerms, own: readonly RuleTerms[], document: ProgrammeDocument): number[] {
  const details = earnDetails(document.rules[multiplier.id]?.earn ?? {});
  const wanted = details.of === undefined ? undefined : new Set(listOf(details.of));
  return own.flatMap((rule, position) => {
    const isWanted = !wanted || wanted.has(rule.id) || (rule.group !== undefined && wanted.has(rule.group));
    return isWanted ? [position] : [];
  });
}

function placeGroups(own: readonly RuleTerms[], document: ProgrammeDocument): PlacedGroup[] {
  const groups = Object.keys(document.stacking).sort();
  return groups.flatMap((id): PlacedGroup[] => {
    const positions = own.flatMap((rule, position) => (rule.group === id ? [position] : []));
    const source = document.stacking[id];
    if (!source || positions.length < 2) return [];
    return [{ perLine: source.per === "line", mostPoints: source.choose === "most-points", positions }];
  });
}
