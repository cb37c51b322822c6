import type { Fault } from "#platform/yaml/faults.ts";
import { createCollector } from "./checks/collector.ts";
import { checkFavourites } from "./checks/favourites.ts";
import { checkFeeds } from "./checks/feeds.ts";
import { checkFees } from "./checks/fees.ts";
import { checkFunderSplits } from "./checks/funders.ts";
import { checkLimits } from "./checks/limits.ts";
import { checkMembership } from "./checks/membership.ts";
import { checkPlaces } from "./checks/places.ts";
import { checkRules } from "./checks/rules.ts";
import { checkVelocity } from "./checks/velocity.ts";
import type { ProgrammeDocument } from "./schema.ts";

/** What the schema can't say of a document: every fault, none of them stops the rest. */
export function checkMeaning(document: ProgrammeDocument): Fault[] {
  const collector = createCollector();
  checkPlaces(document, collector);
  checkMembership(document, collector);
  checkFavourites(document, collector);
  checkFunderSplits(document, collector);
  checkRules(document, collector);
  checkLimits(document, collector);
  checkVelocity(document, collector);
  checkFees(document, collector);
  checkFeeds(document, collector);
  return collector.faults;
}
