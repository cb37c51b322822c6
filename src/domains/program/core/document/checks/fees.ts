import { isQuantity } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { listOf } from "../shorthand.ts";
import type { Collector } from "./collector.ts";
import { pathInList } from "./rules.ts";

/** What partners pay the operator. */
export function checkFees(document: ProgrammeDocument, collector: Collector): void {
  for (const [id, fee] of Object.entries(document.fees)) {
    const path = ["fees", id];
    const isShare = isQuantity("percent", fee.charge);
    if (isShare && fee.of === undefined) collector.add(path, "a share needs of: issued or redeemed", "key");
    if (!isShare && fee.of !== undefined) collector.add([...path, "of"], "a fixed sum is a share of nothing");
    if (!isShare && fee.atLeast !== undefined) collector.add([...path, "atLeast"], "a fixed sum needs no least one");
    listOf(fee.partners).forEach((partner, i) => {
      const place = pathInList([...path, "partners"], fee.partners, i);
      if (partner === document.programme.operator) collector.add(place, "the operator does not pay itself");
      else collector.refer(place, partner, document.partners, "partner");
    });
  }
}
