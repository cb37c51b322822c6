import { invariant } from "#kernel/invariant.ts";
import { parseDay } from "#kernel/time.ts";
import { durationOf, isQuantity, percentBp, pointsCentsOf, timesOf } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { textOf } from "../document/shorthand.ts";
import { capKeys } from "./cap-keys.ts";
import type { CapPeriod, CapTerms, PlacedCap, PlacedRule } from "./compiled.ts";
import { sortedIds } from "./tables.ts";

const ORDER: readonly CapPeriod[] = ["receipt", "day", "week", "month", "year", "campaign", "member"];

/** Narrow periods first, so that a wide cap counts only what the narrow ones let through; then by id. */
export function inOrder(a: CapTerms, b: CapTerms): number {
  return ORDER.indexOf(a.per) - ORDER.indexOf(b.per) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function compileCaps(document: ProgrammeDocument): Map<string, CapTerms> {
  return new Map(sortedIds(document.caps).map((id) => [id, compileCap(id, document)]));
}

function compileCap(id: string, document: ProgrammeDocument): CapTerms {
  const source = document.caps[id];
  invariant(source, `no cap ${id}`);
  const unit = isQuantity("points", source.limit) ? "points" : isQuantity("times", source.limit) ? "times" : "share";
  const late = durationOf(document.policies.lateWindow).count;
  const isShared = source.of === "everyone";
  const limitOf = { points: pointsCentsOf, times: timesOf, share: percentBp };
  return {
    id,
    name: textOf(source.name),
    on: source.on ?? "earn",
    per: source.per,
    unit,
    limit: limitOf[unit](source.limit),
    countedBy: source.countedBy,
    lastFirst: (source.policy ?? document.policies.receiptCap) === "last-first",
    appliesToAll: source.appliesTo === "all",
    campaign: undefined,
    keyFor: capKeys({ id, per: source.per, campaign: undefined, isShared }, late),
    isShared,
    isAllOrNothing: isShared && (source.short ?? document.policies.budget) === "refuse",
  };
}

/** A cap per campaign counts each campaign of its rules apart. */
function ofCampaign(cap: CapTerms, campaign: string, document: ProgrammeDocument): CapTerms {
  const lastDay = parseDay(document.campaigns[campaign]?.until ?? "") ?? 0;
  const counted = { ...cap, campaign: { id: campaign, lastDay } };
  return { ...counted, keyFor: capKeys(counted, durationOf(document.policies.lateWindow).count) };
}

/** The earning caps that could cut the placed rules, in order, each with the positions that it holds for. */
export function placeCaps(
  rules: readonly PlacedRule[],
  caps: ReadonlyMap<string, CapTerms>,
  document: ProgrammeDocument,
): PlacedCap[] {
  const placed: PlacedCap[] = [];
  for (const cap of caps.values()) {
    if (cap.on !== "earn") continue;
    const holds = rules.map((rule) => cap.appliesToAll || rule.terms.capIds.includes(cap.id));
    if (cap.per !== "campaign") {
      placed.push({ terms: cap, applies: Uint8Array.from(holds, Number) });
      continue;
    }
    const campaigns = new Set(rules.map((rule) => rule.terms.campaign).filter((each) => each !== undefined));
    for (const campaign of [...campaigns].sort()) {
      const applies = Uint8Array.from(rules, (rule, i) => (holds[i] && rule.terms.campaign === campaign ? 1 : 0));
      placed.push({ terms: ofCampaign(cap, campaign, document), applies });
    }
  }
  return placed.filter((each) => each.applies.includes(1)).sort((a, b) => inOrder(a.terms, b.terms));
}
