import type { Draft } from "./draft.ts";
import { drawActive, drawableCents } from "./draw.ts";
import type { Debt } from "./wallet.ts";

/**
 * Pays arrears out of active points at once, oldest debt first: a redemption at the creditor, paid by the funder of
 * the points drawn. Part of the operation that made it possible.
 */
export function recoverArrears(draft: Draft): void {
  while (draft.debts.length > 0) {
    const available = drawableCents(draft);
    if (available === 0) return;
    const debt = draft.debts[0] as Debt;
    const paid = Math.min(available, debt.cents);
    for (const [, , , cents] of drawActive(draft, paid, "re", debt.funder)) {
      draft.movements.push(["ob", "ar", 0, 0, debt.funder, null, cents]);
    }
    if (paid === debt.cents) draft.debts.shift();
    else draft.debts[0] = { ...debt, cents: debt.cents - paid };
  }
}
