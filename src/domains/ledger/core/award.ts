import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { addLot, type Draft, factsOf, type OperationHeader, recordOperation } from "./draft.ts";
import type { Reserved } from "./operation.ts";
import type { EarnPart } from "./purchase.ts";
import { recoverArrears } from "./recover.ts";

export type AwardCommand = {
  readonly kind: "award" | "opening";
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly earned: readonly EarnPart[];
  /** What of it nobody can pay yet. */
  readonly reserved?: Reserved;
  readonly header?: Pick<OperationHeader, "receiptId" | "citesSeq">;
  readonly body: (draft: Draft) => string;
};

/** Credits points that no receipt earned: a compensation, a refund in points, a prize, opening lots of a migration. */
export function award(draft: Draft, command: AwardCommand): void {
  bookDue(draft);
  for (let part = 0; part < command.earned.length; part++) {
    const earn = command.earned[part] as EarnPart;
    addLot(draft, {
      part,
      earnedAt: earn.earnedAt ?? command.at,
      availableAt: earn.availableAt,
      expiresAt: earn.expiresAt,
      funders: earn.funders,
      amount: earn.amountCents,
    });
  }
  if (command.reserved !== undefined) factsOf(draft).reserved = command.reserved;
  recoverArrears(draft);
  recordOperation(
    draft,
    {
      ...command.header,
      kind: command.kind,
      partner: command.partner,
      occurredAt: command.at,
      businessDay: draft.context.calendar.dayOf(command.at),
    },
    command.body,
  );
}
