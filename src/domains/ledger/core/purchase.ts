import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import { bookDue } from "./book-due.ts";
import { addCapUse, addLot, type Draft, factsOf, recordOperation } from "./draft.ts";
import { drawActive, drawableCents } from "./draw.ts";
import { captureInto, type HoldFailure } from "./holds.ts";
import type { Reserved } from "./operation.ts";
import { recoverArrears } from "./recover.ts";
import type { LotShare } from "./wallet.ts";

/** Points to credit: one part has one availability and one expiry; funders are sorted and distinct. */
export type EarnPart = {
  /** The operation's own time unless given: lots moved in were earned long before. */
  readonly earnedAt?: EpochMs;
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly funders: readonly PartnerId[];
  readonly amountCents: readonly PointsCents[];
};

export type PurchaseCommand = {
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly receiptId: string;
  /** The version that the receipt was priced with: that of its own time. */
  readonly programmeVersion: number;
  /** Points to spend, drawn before the receipt's own are earned; or a hold to capture for it. */
  readonly spendCents: PointsCents;
  readonly holdSeq?: number;
  readonly earned: readonly EarnPart[];
  /** Use of caps to add: [key, amount, last day that matters]. */
  readonly capUse: readonly (readonly [string, number, Day])[];
  /** Points that it earned and that nobody can pay yet. */
  readonly reserved?: Reserved;
  /** Gives the operation's body, told the lots drawn. */
  readonly body: (draft: Draft, draws: readonly LotShare[]) => string;
};

export type SpendFailure = { readonly code: "insufficient-points"; readonly activeCents: PointsCents };

/** A receipt: spends, then earns, then pays arrears out of what is active. */
export function purchase(
  draft: Draft,
  command: PurchaseCommand,
): Result<readonly LotShare[], SpendFailure | HoldFailure> {
  bookDue(draft);
  const drawn = spend(draft, command);
  if (!drawn.ok) return drawn;
  for (let part = 0; part < command.earned.length; part++) {
    const earn = command.earned[part] as EarnPart;
    addLot(draft, {
      part,
      earnedAt: command.at,
      availableAt: earn.availableAt,
      expiresAt: earn.expiresAt,
      funders: earn.funders,
      amount: earn.amountCents,
    });
  }
  addCapUse(draft, command.capUse);
  if (command.reserved !== undefined) factsOf(draft).reserved = command.reserved;
  rememberFirstPurchase(draft, command.partner, command.at);
  recoverArrears(draft);
  recordOperation(
    draft,
    {
      kind: "purchase",
      partner: command.partner,
      occurredAt: command.at,
      businessDay: draft.context.calendar.dayOf(command.at),
      receiptId: command.receiptId,
      programmeVersion: command.programmeVersion,
      ...(command.holdSeq === undefined ? {} : { citesSeq: command.holdSeq }),
    },
    (after) => command.body(after, drawn.value),
  );
  return drawn;
}

function spend(draft: Draft, command: PurchaseCommand): Result<readonly LotShare[], SpendFailure | HoldFailure> {
  if (command.holdSeq !== undefined) {
    return captureInto(draft, command.holdSeq, command.spendCents, command.partner);
  }
  if (command.spendCents === 0) return ok([]);
  const activeCents = drawableCents(draft);
  if (activeCents < command.spendCents) return err({ code: "insufficient-points", activeCents });
  return ok(drawActive(draft, command.spendCents, "re", command.partner));
}

function rememberFirstPurchase(draft: Draft, partner: PartnerId, at: EpochMs): void {
  const known = draft.firstPurchaseAt.get(partner);
  if (known !== undefined && known <= at) return;
  draft.firstPurchaseAt = new Map(draft.firstPurchaseAt).set(partner, at);
}
