import { durationOf } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { listOf } from "../shorthand.ts";
import type { Collector } from "./collector.ts";

/** Card feeds of banks, and the referral. */
export function checkFeeds(document: ProgrammeDocument, collector: Collector): void {
  for (const [bank, feed] of Object.entries(document.cardFeeds ?? {})) {
    const path = ["cardFeeds", bank];
    collector.refer(path, bank, document.partners, "partner");
    collector.refer([...path, "store"], feed.store, document.stores, "store");
    const owner = document.brands[document.stores[feed.store]?.brand ?? ""]?.partner;
    if (owner !== undefined && owner !== bank) {
      collector.add([...path, "store"], `"${feed.store}" is a store of ${owner}; expected one of ${bank}`);
    }
    collector.refer([...path, "category"], feed.category, document.categories, "category");
    for (const [category, codes] of Object.entries(feed.byMcc ?? {})) {
      collector.refer([...path, "byMcc", category], category, document.categories, "category");
      checkRanges([...path, "byMcc", category], codes, collector);
    }
    checkRanges([...path, "exceptMcc"], feed.exceptMcc, collector);
  }
  checkReferral(document, collector);
}

function checkRanges(
  path: readonly string[],
  codes: string | readonly string[] | undefined,
  collector: Collector,
): void {
  for (const code of listOf(codes)) {
    const [from, to] = code.split("-");
    if (to !== undefined && from !== undefined && to < from) {
      collector.add(path, `expected a range that goes up, got ${code}`);
    }
  }
}

function checkReferral({ referral, partners }: ProgrammeDocument, collector: Collector): void {
  if (referral === undefined) return;
  const path = ["referral"];
  collector.refer([...path, "at"], referral.at, partners, "partner");
  for (const key of ["within", "keep"] as const) {
    if (durationOf(referral[key]).unit !== "day") {
      collector.add([...path, key], `expected days, got "${referral[key]}"`);
    }
  }
  if (referral.expiry !== undefined && !["day", "month"].includes(durationOf(referral.expiry).unit)) {
    collector.add([...path, "expiry"], `expected days or months, got "${referral.expiry}"`);
  }
  for (const funder of Object.keys(referral.funders)) {
    collector.refer([...path, "funders", funder], funder, partners, "partner");
    if (partners[funder]?.canFund === false) {
      collector.add([...path, "funders", funder], `${funder} may not fund points`);
    }
  }
  const kinds = new Set(Object.values(referral.funders).map((share) => typeof share));
  if (kinds.size > 1) collector.add([...path, "funders"], "expected parts or percentages, not both");
}
