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
  const rules = [...own, ...multipliers].map((terms): PlacedRule => {
    const targets = terms.effect.kind === "multiply" ? targetsOf(terms, own, document) : [];
    const funders = terms.shares && placeShares(terms.shares, partner, tables.partnerNumbers);
    return { terms, placeMask: narrowMask(terms.condition), funders, targets };
  });
  return {
    rules,
    ownCount: own.length,
    rowCount: rules.reduce((rows, rule) => rows + 1 + rule.targets.length, 0),
    groups: placeGroups(own, document),
    caps: placeCaps(rules, tables.caps, document),
    spending: canRedeem ? tables.spending.filter(fits) : [],
  };
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
