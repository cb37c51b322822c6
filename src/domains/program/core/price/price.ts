import { err, ok, type Result } from "#kernel/result.ts";
import type { CompiledProgramme, PlacedRule, RuleTerms } from "../compile/compiled.ts";
import type { MemberStanding, Priced, PricingFailure, Receipt, RuleResult } from "../types.ts";
import { attributeItems, reservedParts } from "./attribute.ts";
import { priceCandidates } from "./candidates.ts";
import { capItems, listCapUse } from "./cap.ts";
import { listItems } from "./items.ts";
import { findUnknown, readReceipt } from "./locate.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { small } from "./small.ts";
import { allocateSpend, planSpend, refuseSpend } from "./spend.ts";
import { readTraits } from "./traits.ts";

const { cells, itemBase, itemCap, itemOf, itemPoints, itemPosition, itemRow, itemUncapped, lineFavouriteBp, rate } =
  scratch;

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
  priceCandidates(s);
  listItems(s);
  capItems(s);
  const earned = attributeItems(s);
  return ok({
    programmeVersion: programme.version,
    rules: listRules(s),
    earned,
    earnedCents: sumOf(s),
    reserved: reservedParts(s),
    spentByLineCents,
    spendableCents: small(spendableCents),
    capUse: listCapUse(s, spendCaps),
  });
}

function sumOf(s: Scratch): number {
  let sum = 0;
  for (let i = 0; i < s.itemCount; i++) sum += itemPoints[i] as number;
  return small(sum);
}

function listRules(s: Scratch): RuleResult[] {
  const list = new Array<RuleResult>(s.itemCount);
  for (let i = 0; i < s.itemCount; i++) list[i] = ruleResult(s, i);
  return list;
}

/**
 * Literals per case instead of one object that grows: a property added later costs an allocation of its own, and nearly
 * all results are of the first two kinds.
 */
function ruleResult(s: Scratch, i: number): RuleResult {
  const { rules } = s.store.partner.plan;
  const position = itemPosition[i] as number;
  const { terms } = rules[position] as PlacedRule;
  const rule = terms.id;
  const baseKopecks = small(itemBase[i] as number);
  const uncappedCents = small(itemUncapped[i] as number);
  const pointsCents = small(itemPoints[i] as number);
  const cappedBy = itemCap[i];
  const of = itemOf[i] as number;
  if (of >= 0) return multiplied(s, i, terms, (rules[of] as PlacedRule).terms);
  if (terms.effect.kind === "favourite") return ofFavourites(s, i, terms);
  const rateBp = rate[position] as number;
  if (rateBp > 0 && cappedBy === undefined) {
    if (!terms.paidBySeller) return { rule, baseKopecks, rateBp, uncappedCents, pointsCents };
    return { rule, baseKopecks, rateBp, uncappedCents, pointsCents, seller: s.receipt.partner };
  }
  return {
    rule,
    baseKopecks,
    ...(rateBp > 0 ? { rateBp } : {}),
    uncappedCents,
    pointsCents,
    ...(cappedBy === undefined ? {} : { cappedBy }),
    ...(terms.paidBySeller ? { seller: s.receipt.partner } : {}),
  };
}

function ofFavourites(s: Scratch, i: number, terms: RuleTerms): RuleResult {
  const rateBp = rate[itemPosition[i] as number] as number;
  const level = s.favouritesVary ? s.programme.favourites(s.day).levels[s.levelNumber] : undefined;
  const cappedBy = itemCap[i];
  const rule = terms.id;
  const baseKopecks = small(itemBase[i] as number);
  const uncappedCents = small(itemUncapped[i] as number);
  const pointsCents = small(itemPoints[i] as number);
  if (rateBp > 0 && level !== undefined && cappedBy === undefined && !terms.paidBySeller)
    return { rule, baseKopecks, rateBp, level, uncappedCents, pointsCents };
  return {
    rule,
    baseKopecks,
    ...(rateBp > 0 ? { rateBp } : { ratesBp: favouriteRates(s, i) }),
    ...(level === undefined ? {} : { level }),
    uncappedCents,
    pointsCents,
    ...(cappedBy === undefined ? {} : { cappedBy }),
    ...(terms.paidBySeller ? { seller: s.receipt.partner } : {}),
  };
}

/** Of the lines that brought the item's points, each once, lowest first. */
function favouriteRates(s: Scratch, i: number): number[] {
  const rates = new Set<number>();
  const row = (itemRow[i] as number) * s.lineCount;
  for (let line = 0; line < s.lineCount; line++) {
    if ((cells[row + line] as number) > 0) rates.add(lineFavouriteBp[line] as number);
  }
  return [...rates].sort((a, b) => a - b);
}

function multiplied(s: Scratch, i: number, terms: RuleTerms, target: RuleTerms): RuleResult {
  const cappedBy = itemCap[i];
  const isPaidBySeller = terms.shares === undefined ? target.paidBySeller : terms.paidBySeller;
  return {
    rule: terms.id,
    baseKopecks: small(itemBase[i] as number),
    uncappedCents: small(itemUncapped[i] as number),
    pointsCents: small(itemPoints[i] as number),
    multiplierBp: terms.effect.multiplierBp,
    of: target.id,
    ...(cappedBy === undefined ? {} : { cappedBy }),
    ...(isPaidBySeller ? { seller: s.receipt.partner } : {}),
  };
}
