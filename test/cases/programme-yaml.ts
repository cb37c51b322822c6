import { stringify } from "yaml";
import type { SimpleCap, SimpleLot } from "../model/pricing.ts";
import type { CaseProgramme, CaseRule } from "./programme.ts";
import { shown } from "./stage.ts";

/** The coalition's own company in the cases: it funds nothing unless a rule says so. */
export const OPERATOR = "operator";

/** The plan that rules of the cases ask for, and members buy. */
export const PLAN = "plus";

/** Categories that receipts of the cases name. */
const CATEGORIES = ["bread", "fish", "tea", "phone"] as const;

/** Renders a case's programme in the format of `docs/programme.md`; each partner has one store, `<partner>-1`. */
export function toYaml(of: CaseProgramme): string {
  const outside = of.outside ?? [];
  const closed = [...new Set([...(of.notPayable ?? []), ...outside])];
  const partners = [...of.partners, OPERATOR];
  return stringify({
    format: 1,
    programme: { id: "case", name: "Case", timeZone: "Europe/Moscow", operator: OPERATOR, pointValue: "1 RUB" },
    partners: byId(partners, (id) => {
      const isIn = !of.left?.includes(id);
      return { name: id, kind: "shop", canFund: isIn, canRedeem: isIn, ...fundingOf(id, of) };
    }),
    brands: byId(of.partners, (id) => ({ partner: id, name: id })),
    stores: Object.fromEntries(of.partners.map((id) => [storeOf(id), { brand: id, name: id }])),
    categories: byId([...new Set([...CATEGORIES, ...outside])], (id) => ({ name: id })),
    rules: Object.fromEntries(of.rules.map((rule, i) => [rule.id, renderRule(rule, outside, i)])),
    spending: {
      anywhere: {
        largestShare: `${shown(of.largestShareBp ?? 10_000)}%`,
        ...(closed.length === 0 ? {} : { when: { exceptCategory: closed } }),
      },
    },
    subscriptions: byId([...new Set(of.rules.flatMap(({ subscription = [] }) => subscription))], (name) => ({
      ...{ name, seller: OPERATOR, price: "199 RUB", period: "month" },
    })),
    lots: renderLot(of.lot),
    caps: {
      ...(of.receiptCap ? { receipt: renderCap(of.receiptCap, "receipt") } : {}),
      ...(of.dayCap ? { day: renderCap(of.dayCap, "day") } : {}),
      ...Object.fromEntries(
        of.rules.flatMap((rule) => (rule.budget ? [[budgetOf(rule), renderBudget(rule.budget)]] : [])),
      ),
    },
    policies: {
      returnOfExpired: of.returns.policy,
      ...(of.returns.policy === "grace" ? { grace: `${of.returns.graceDays} days` } : {}),
      ...(of.prepaid ? { prepaidShort: of.prepaid.short } : {}),
      ...(of.prepaid?.reserveDays === undefined ? {} : { reserve: `${of.prepaid.reserveDays} days` }),
      ...(of.erased === undefined ? {} : { erasedPoints: of.erased }),
      ...(of.longestHoldDays === undefined ? {} : { longestHold: `${of.longestHoldDays} days` }),
    },
  });
}

function fundingOf(id: string, { prepaid, guarantees }: CaseProgramme) {
  if (prepaid?.partners.includes(id)) return { funding: { mode: "prepaid" } };
  const guarantee = guarantees?.[id];
  return guarantee === undefined ? {} : { funding: { mode: "postpaid", guarantee: `${shown(guarantee)} RUB` } };
}

export function storeOf(partner: string): string {
  return `${partner}-1`;
}

function byId<T>(ids: readonly string[], make: (id: string) => T): Record<string, T> {
  return Object.fromEntries(ids.map((id) => [id, make(id)]));
}

/** Rules keep the order of the case by their priority. */
function renderRule(rule: CaseRule, outside: readonly string[], index: number) {
  const { earn } = rule;
  const when = {
    ...(rule.partners ? { partner: [...rule.partners] } : {}),
    ...(rule.categories ? { category: [...rule.categories] } : {}),
    ...(outside.length > 0 ? { exceptCategory: [...outside] } : {}),
    ...(rule.subscription === undefined ? {} : { subscription: rule.subscription }),
  };
  return {
    name: rule.id,
    ...(Object.keys(when).length > 0 ? { when } : {}),
    earn: "percentBp" in earn ? `${shown(earn.percentBp)}%` : `${shown(earn.fixedCents)} points`,
    funders: { ...rule.funders },
    priority: 1000 - index,
    ...(rule.lot ? renderLot(rule.lot) : {}),
    ...(rule.budget ? { caps: budgetOf(rule) } : {}),
  };
}

function renderCap(cap: SimpleCap, per: "receipt" | "day") {
  return { name: `most of a ${per}`, per, limit: `${shown(cap.cents)} points`, appliesTo: "all", policy: cap.policy };
}

function budgetOf(rule: CaseRule): string {
  return `budget-${rule.id}`;
}

/** A cap that everybody shares, for good. */
function renderBudget({ cents, policy }: NonNullable<CaseRule["budget"]>) {
  return { name: "budget", of: "everyone", per: "member", limit: `${shown(cents)} points`, short: policy };
}

function renderLot({ delayDays, lifeDays }: SimpleLot) {
  return {
    activation: delayDays === 0 ? "none" : `${delayDays} days`,
    expiry: lifeDays === null ? "never" : { after: `${lifeDays} days` },
  };
}
