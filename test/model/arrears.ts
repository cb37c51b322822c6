import { activeCents, activeOf, chooseDraws, entryOf } from "./consumption.ts";
import type { Member, Movement } from "./types.ts";

/**
 * Pays debts, oldest first, from active lots in the order of consumption: each draw is redeemed at the creditor, and
 * the creditor's claim on the member falls by as much. Returns the movements; nothing owed or nothing active gives none.
 */
export function recoverArrears(member: Member): Movement[] {
  const movements: Movement[] = [];
  for (const debt of member.debts) {
    const cents = Math.min(debt.cents, activeCents(member));
    for (const draw of chooseDraws(member.entries, cents, activeOf)) {
      const entry = entryOf(member, draw);
      entry.remaining -= draw.cents;
      entry.spent += draw.cents;
      movements.push(["ac", "re", draw.seq, draw.part, draw.funder, debt.funder, draw.cents]);
      movements.push(["ob", "ar", 0, 0, debt.funder, null, draw.cents]);
    }
    debt.cents -= cents;
  }
  member.debts = member.debts.filter((debt) => debt.cents > 0);
  return movements;
}
