import { err, ok, type Result } from "#kernel/result.ts";
import type { CompiledProgramme, PlacedRule } from "../compile/compiled.ts";
import type { MemberStanding, Priced, PricingFailure, Receipt, RuleResult } from "../types.ts";
import { attributeItems } from "./attribute.ts";
import { priceCandidates } from "./candidates.ts";
import { capItems, listCapUse } from "./cap.ts";
import { listItems } from "./items.ts";
import { findUnknown, readReceipt } from "./locate.ts";
import { createScratch, fitRules, type Scratch } from "./scratch.ts";
import { allocateSpend, planSpend, refuseSpend } from "./spend.ts";
import { readTraits } from "./traits.ts";

const scratch = createScratch();

/**
 * What a receipt earns and how its points are spent: the same answer for the same receipt, standing and programme.
 * Points spent are taken off first; percentages are of the money that is left. A rule's points are rounded once, cut by
 * caps, split over funders, attributed to lines. Amounts are kopecks and hundredths of a point; the receipt's sum is at
 * most MAX_AMOUNT, which its door sees to.
 * Fails with `unknown-*` for what the programme does not name, `spend-not-allowed` and `spend-over-limit` for points.
 */
export function price(
  receipt: Receipt,
  standing: MemberStanding,
  programme: CompiledProgramme,
): Result<Priced, PricingFailure> {
  const s = scratch;
  if (!readReceipt(s, receipt, programme)) {
    const failure = findUnknown(receipt, programme);
    if (failure) return err(failure);
  }
  s.standing = standing;
  readTraits(s);
  const spend = planSpend(s);
  const refused = refuseSpend(s);
  if (refused) return err(refused);
  const { spendableCents } = spend;
  const spendCaps = spend.rule?.caps ?? [];
  const spentByLineCents = allocateSpend(s);
  fitRules(s, s.store.partner.plan.rules);
  priceCandidates(s);
  listItems(s);
  capItems(s);
  const earned = attributeItems(s);
  return ok({
    programmeVersion: programme.version,
    rules: listRules(s),
    earned,
    earnedCents: sumOf(s),
    spentByLineCents,
    spendableCents,
    capUse: listCapUse(s, spendCaps),
  });
}

function sumOf(s: Scratch): number {
  let sum = 0;
  for (let i = 0; i < s.itemCount; i++) sum += s.itemPoints[i] as number;
  return sum;
}

function listRules(s: Scratch): RuleResult[] {
  const list = new Array<RuleResult>(s.itemCount);
  for (let i = 0; i < s.itemCount; i++) list[i] = ruleResult(s, i);
  return list;
}

function ruleResult(s: Scratch, i: number): RuleResult {
  const { rules } = s.store.partner.plan;
  const { terms } = rules[s.itemPosition[i] as number] as PlacedRule;
  const { effect } = terms;
  const result: { -readonly [K in keyof RuleResult]: RuleResult[K] } = {
    rule: terms.id,
    baseKopecks: s.itemBase[i] as number,
    uncappedCents: s.itemUncapped[i] as number,
    pointsCents: s.itemPoints[i] as number,
  };
  let { shares } = terms;
  if (effect.kind === "multiply") {
    const target = (rules[s.itemOf[i] as number] as PlacedRule).terms;
    result.multiplierBp = effect.multiplierBp;
    result.of = target.id;
    shares ??= target.shares;
  } else {
    const rateBp = s.rate[s.itemPosition[i] as number] as number;
    if (rateBp > 0) result.rateBp = rateBp;
  }
  if (shares?.has("seller")) result.seller = s.receipt.partner;
  const cap = s.itemCap[i];
  if (cap !== undefined) result.cappedBy = cap;
  return result;
}
