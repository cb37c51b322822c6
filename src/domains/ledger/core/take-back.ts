import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { type Draft, moveInLot, type OperationHeader, recordOperation } from "./draft.ts";
import { recoverArrears } from "./recover.ts";
import { type Lot, sum } from "./wallet.ts";

/** At most this much of one funder's points that one operation gave. */
export type TakeBackItem = { readonly seq: number; readonly funder: PartnerId; readonly cents: PointsCents };

export type TakeBackCommand = {
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly items: readonly TakeBackItem[];
  readonly header?: Pick<OperationHeader, "citesSeq">;
  readonly body: (draft: Draft, outcome: TakeBackOutcome) => string;
};

export type TakeBackOutcome = { readonly takenBackCents: PointsCents; readonly arrearsCents: PointsCents };

/**
 * Takes points back that turned out not to be earned: a mission whose goal was undone. As a return does it: what is left
 * in the lots goes to their funder, what has expired is met, what was spent (or is held) becomes arrears owed to that
 * funder. Never more than the lot still owes. The draft holds the lots, closed ones too.
 */
export function takeBack(draft: Draft, command: TakeBackCommand): TakeBackOutcome {
  bookDue(draft);
  let takenBackCents = 0;
  const owedTo = new Map<PartnerId, PointsCents>();
  for (const { seq, funder, cents } of command.items) {
    let due = cents;
    for (let l = 0; l < draft.lots.length && due > 0; l++) {
      const lot = draft.lots[l] as Lot;
      const f = lot.seq === seq ? lot.funders.indexOf(funder) : -1;
      if (f < 0) continue;
      const outstanding = (lot.amount[f] as number) - (lot.takenBack[f] as number) - (lot.expired[f] as number);
      const ask = Math.min(due, outstanding);
      const taken = Math.min(ask, lot.remaining[f] as number);
      if (taken > 0) moveInLot(draft, l, f, lot.isActive ? "ac" : "pe", "ob", taken);
      if (ask > taken) {
        draft.movements.push(["ar", "ob", lot.seq, lot.part, funder, null, ask - taken]);
        owedTo.set(funder, (owedTo.get(funder) ?? 0) + ask - taken);
      }
      takenBackCents += taken;
      due -= ask;
    }
  }
  for (const funder of [...owedTo.keys()].sort()) {
    draft.debts.push({ funder, cents: owedTo.get(funder) as number, sinceSeq: draft.seq + 1 });
  }
  recoverArrears(draft);
  const outcome = { takenBackCents, arrearsCents: sum([...owedTo.values()]) };
  recordOperation(
    draft,
    {
      ...command.header,
      kind: "take-back",
      partner: command.partner,
      occurredAt: command.at,
      businessDay: draft.context.calendar.dayOf(command.at),
    },
    (after) => command.body(after, outcome),
  );
  return outcome;
}
