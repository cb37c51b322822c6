import { cumulative, type GivenBack, type PurchaseFacts, type StoredOperation } from "#domains/ledger/index.ts";
import { budgetUseOf, type CompiledProgramme } from "#domains/program/index.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { PurchaseBody } from "./receipt-body.ts";

/**
 * What a return gives back of caps and budgets (policy `budgetReturn: give-back`): the same share of each use as of the
 * points that the receipt earned. Cumulative, rounded down: all of it once all of the receipt is back, a "time" only then.
 */
export function giveBackOf(
  programme: CompiledProgramme,
  purchase: StoredOperation,
  facts: PurchaseFacts,
  body: PurchaseBody,
): (before: readonly Kopecks[], after: readonly Kopecks[]) => GivenBack {
  const caps = (purchase.facts?.caps ?? []).filter(([, amount]) => amount > 0);
  const at = { store: body.receipt.store, at: purchase.occurredAt };
  const budgets = budgetUseOf(body.rules, at, programme);
  const whole = undone(facts, facts.lineKopecks);
  return (before, after) => {
    const [was, is] = [undone(facts, before), undone(facts, after)];
    const backOf = (use: number) => (whole === 0 ? 0 : cumulative(use, is, whole) - cumulative(use, was, whole));
    return {
      caps: caps.map(([key, use, untilDay]) => [key, backOf(use), untilDay] as const).filter(([, back]) => back > 0),
      budgets: budgets.map(([key, use]) => [key, backOf(use)] as const).filter(([, back]) => back > 0),
    };
  };
}

/** Points that so many kopecks of each line take back, whether they are still there or not. */
function undone({ earned, lineKopecks }: PurchaseFacts, returned: readonly Kopecks[]): PointsCents {
  let sum = 0;
  for (const { lineCents } of earned) {
    for (let line = 0; line < lineCents.length; line++) {
      for (const cents of lineCents[line] ?? []) {
        sum += cumulative(cents, returned[line] as number, lineKopecks[line] as number);
      }
    }
  }
  return sum;
}
