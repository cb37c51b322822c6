import { invariant } from "#kernel/invariant.ts";
import { percentBp, pointsCentsOf } from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { listOf, textOf } from "../document/shorthand.ts";
import { inOrder } from "./caps.ts";
import type { CapTerms, SpendingTerms } from "./compiled.ts";
import { type ConditionTables, compileCondition, picksNoLines } from "./conditions.ts";
import { sortedIds } from "./tables.ts";

export function compileSpending(
  document: ProgrammeDocument,
  tables: ConditionTables,
  caps: ReadonlyMap<string, CapTerms>,
): SpendingTerms[] {
  const all = sortedIds(document.spending).map((id): SpendingTerms => {
    const source = document.spending[id];
    invariant(source, `no spending rule ${id}`);
    const capIds = listOf(source.caps);
    const condition = compileCondition(source.when, tables);
    return {
      id,
      name: source.name === undefined ? undefined : textOf(source.name),
      priority: source.priority ?? 0,
      condition,
      largestShareBp: percentBp(source.largestShare),
      shareOfReceipt: source.shareOf !== "eligible",
      leastCents: source.least === undefined ? 0 : pointsCentsOf(source.least),
      stepCents: source.step === undefined ? 1 : Math.max(1, pointsCentsOf(source.step)),
      takesDeliveryFee: document.receipts.deliveryFeePayable && picksNoLines(condition),
      caps: [...caps.values()]
        .filter((cap) => cap.on === "spend" && (cap.appliesToAll || capIds.includes(cap.id)))
        .sort(inOrder),
      capIds,
    };
  });
  return all.sort((a, b) => b.priority - a.priority);
}
