import type { Path } from "#platform/yaml/faults.ts";
import { percentBp } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import type { Collector } from "./collector.ts";
import { LARGEST_RATE_BP } from "./rules.ts";

/** What a list of favourites may name unless `favourites.atMost` says otherwise: a slip of a zero would cost millions. */
const USUAL_MOST = "20%";

type Offered = NonNullable<ProgrammeDocument["favourites"]["always"]>;

/** Lists of favourites: categories and levels that exist, percentages above 0 and up to the most. */
export function checkFavourites(document: ProgrammeDocument, collector: Collector): void {
  const { always = {}, months = {}, atMost } = document.favourites;
  if (atMost !== undefined && percentBp(atMost) > LARGEST_RATE_BP) {
    collector.add(["favourites", "atMost"], `expected at most ${LARGEST_RATE_BP / 100}%, got ${atMost}`);
  }
  checkOffered(["favourites", "always"], always, document, collector);
  for (const [month, offered] of Object.entries(months)) {
    checkOffered(["favourites", "months", month], offered, document, collector);
  }
}

function checkOffered(path: Path, offered: Offered, document: ProgrammeDocument, collector: Collector): void {
  const most = document.favourites.atMost ?? USUAL_MOST;
  const checkPercent = (at: Path, percent: string) => {
    if (percentBp(percent) === 0) collector.add(at, "expected a percentage above 0");
    if (percentBp(percent) > percentBp(most)) {
      collector.add(at, `expected at most ${most} (favourites.atMost), got ${percent}`);
    }
  };
  for (const [category, percent] of Object.entries(offered)) {
    const at = [...path, category];
    collector.refer(at, category, document.categories, "category");
    if (typeof percent === "string") {
      checkPercent(at, percent);
      continue;
    }
    if (Object.keys(percent).length === 0) collector.add(at, "expected a percentage, or levels with percentages");
    for (const [level, own] of Object.entries(percent)) {
      collector.refer([...at, level], level, document.levels, "level");
      checkPercent([...at, level], own);
    }
  }
}
