import {
  bookDue,
  type Draft,
  readOperation,
  release,
  relocate,
  type StoredOperation,
  takeBack,
  undecidedLots,
  walletAfter,
} from "#domains/ledger/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Answer, CheckoutFailure, WalletView } from "./answers.ts";
import type { Environment } from "./environment.ts";
import { requestKey } from "./keys.ts";
import type { PurchaseBody } from "./receipt-body.ts";
import type { Decision } from "./task.ts";

/** What becomes of the points of one purchase that waited for a decision. */
export type ReviewDecision = {
  readonly alertId: string;
  readonly member: number;
  readonly seq: number;
  readonly decision: "release" | "take-back";
  readonly by: string;
  readonly note: string;
};

export type ReviewOperationBody = {
  readonly v: 1;
  readonly review: Pick<ReviewDecision, "decision" | "by" | "note"> & { readonly receiptId?: string };
  readonly cents: number;
  readonly wallet: WalletView;
};

/**
 * Lets the points go or takes them back, by an operation that names who decided; once for each alert: the same decision
 * again is a replay, the other one a conflict. What was returned meanwhile is gone either way.
 */
export async function decideReview(
  environment: Environment,
  request: ReviewDecision,
): Promise<Result<Answer<StoredOperation>, CheckoutFailure>> {
  const purchase = await readOperation(environment.pool, request.member, request.seq);
  const { review } = (purchase?.body ?? {}) as Partial<PurchaseBody>;
  if (purchase?.kind !== "purchase" || review === undefined) return err({ code: "unknown-receipt" });
  const { member, renumber } = await relocate(environment.pool, { ...purchase, via: purchase.facts?.via });
  const seq = renumber(purchase.seq);
  const { receiptId } = purchase;
  const outcome = await environment.submit({
    key: requestKey("review", [request.alertId], [request.decision]),
    subject: { by: "member", member },
    mayCreateMember: false,
    decide: (draft, _, shift) =>
      decide(draft, request, {
        seq: shift + seq,
        partner: purchase.partner,
        availableAt: new Map(review.availableAt.map((at, part) => [part, at])),
        ...(receiptId === undefined || receiptId === null ? {} : { receiptId }),
      }),
  });
  if (!outcome.ok) return outcome;
  return ok({ replayed: outcome.value.replayed, body: outcome.value.operation as StoredOperation });
}

type Reviewed = {
  readonly seq: number;
  readonly partner: string;
  readonly availableAt: ReadonlyMap<number, number>;
  readonly receiptId?: string;
};

function decide(draft: Draft, { decision, by, note }: ReviewDecision, reviewed: Reviewed): Decision {
  // First, so that what has expired by now is not decided on.
  bookDue(draft);
  const { seq, partner, availableAt, receiptId } = reviewed;
  const { now: at } = draft.context;
  const review = { decision, by, note, ...(receiptId === undefined ? {} : { receiptId }) };
  let body: ReviewOperationBody | undefined;
  const render = (after: Draft, cents: number): string => {
    body = { v: 1, review, cents, wallet: walletAfter(after) };
    return JSON.stringify(body);
  };
  if (decision === "release") {
    release(draft, { partner, at, seq, availableAt, body: render });
    return ok({ body });
  }
  const items = undecidedLots(draft, seq).flatMap((lot) =>
    lot.funders.map((funder, f) => ({ seq, funder, cents: lot.remaining[f] as number })),
  );
  takeBack(draft, {
    ...{ partner, at, items: items.filter(({ cents }) => cents > 0), header: { citesSeq: seq } },
    body: (after, { takenBackCents }) => render(after, -takenBackCents),
  });
  return ok({ body });
}
