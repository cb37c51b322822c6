import { invariant } from "#kernel/invariant.ts";
import { parseDay } from "#kernel/time.ts";
import { durationOf, isQuantity, percentBp, pointsCentsOf, timesOf } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { textOf } from "../document/shorthand.ts";
import { COVER_PREFIX, capKeys, NEVER_DAY } from "./cap-keys.ts";
import type { CapPeriod, CapTerms, PartnerTerms, PlacedCap, PlacedRule } from "./compiled.ts";
import { sortedIds } from "./tables.ts";

const ORDER: readonly CapPeriod[] = ["receipt", "day", "week", "month", "year", "campaign", "member"];

/** Narrow periods first, so that a wide cap counts only what the narrow ones let through; covers last; then by id. */
export function inOrder(a: CapTerms, b: CapTerms): number {
  if ((a.cover === undefined) !== (b.cover === undefined)) return a.cover === undefined ? -1 : 1;
  return ORDER.indexOf(a.per) - ORDER.indexOf(b.per) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function compileCaps(document: ProgrammeDocument, partners: Iterable<PartnerTerms>): Map<string, CapTerms> {
  const named = sortedIds(document.caps).map((id) => compileCap(id, document));
  const covers = [...partners].filter(({ cover }) => cover).map((partner) => compileCover(partner, document));
  return new Map([...named, ...covers].map((cap) => [cap.id, cap]));
}

/** What a funder's deposit or guarantee lets through, as a budget of its own: the last to cut. No id of a file has a colon. */
function compileCover({ id, name, cover, funding }: PartnerTerms, document: ProgrammeDocument): CapTerms {
  const { prepaidShort } = document.policies;
  const what = funding === "prepaid" ? { ru: "предоплата", en: "deposit" } : { ru: "гарантия", en: "guarantee" };
  const key = { key: `${COVER_PREFIX}${id}`, untilDay: NEVER_DAY };
  return {
    id: `${COVER_PREFIX}${id}`,
    name: { ru: `${what.ru} партнёра «${name.ru}»`, en: `the ${what.en} of ${name.en}` },
    on: "earn",
    per: "member",
    unit: "points",
    limit: cover?.limitCents ?? Number.POSITIVE_INFINITY,
    countedBy: undefined,
    lastFirst: document.policies.receiptCap === "last-first",
    appliesToAll: true,
    campaign: undefined,
    keyFor: () => key,
    isShared: true,
    isAllOrNothing: prepaidShort === "refuse",
    partner: undefined,
    funder: id,
    cover: funding === "prepaid" && prepaidShort === "reserve" ? "reserve" : "cut",
  };
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
    partner: source.partner,
    funder: source.funder,
    cover: undefined,
  };
}

/** A cap per campaign counts each campaign of its rules apart. */
function ofCampaign(cap: CapTerms, campaign: string, document: ProgrammeDocument): CapTerms {
  const lastDay = parseDay(document.campaigns[campaign]?.until ?? "") ?? 0;
  const counted = { ...cap, campaign: { id: campaign, lastDay } };
  return { ...counted, keyFor: capKeys(counted, durationOf(document.policies.lateWindow).count) };
}

/** The earning caps that could cut the placed rules at one partner, in order, each with the positions that it holds for. */
export function placeCaps(
  rules: readonly PlacedRule[],
  caps: ReadonlyMap<string, CapTerms>,
  document: ProgrammeDocument,
  place: { readonly partner: string; readonly numbers: ReadonlyMap<string, number> },
): PlacedCap[] {
  const placed: PlacedCap[] = [];
  for (const cap of caps.values()) {
    if (cap.on !== "earn" || (cap.partner ?? place.partner) !== place.partner) continue;
    const funder = cap.funder === undefined ? -1 : (place.numbers.get(cap.funder) ?? -1);
    const holds = rules.map(
      (rule) => (cap.appliesToAll || rule.terms.capIds.includes(cap.id)) && (funder < 0 || mayFund(rule, funder)),
    );
    if (cap.per !== "campaign") {
      placed.push({ terms: cap, applies: Uint8Array.from(holds, Number), funder });
      continue;
    }
    const campaigns = new Set(rules.map((rule) => rule.terms.campaign).filter((each) => each !== undefined));
    for (const campaign of [...campaigns].sort()) {
      const applies = Uint8Array.from(rules, (rule, i) => (holds[i] && rule.terms.campaign === campaign ? 1 : 0));
      placed.push({ terms: ofCampaign(cap, campaign, document), applies, funder });
    }
  }
  return placed.filter((each) => each.applies.includes(1)).sort((a, b) => inOrder(a.terms, b.terms));
}

/** A multiplier without funders is paid by those of the rules that it multiplies. */
function mayFund({ funders }: PlacedRule, funder: number): boolean {
  return funders === undefined || funders.numbers.includes(funder);
}
