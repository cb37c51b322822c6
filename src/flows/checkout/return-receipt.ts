import {
  type Draft,
  findKeys,
  type LotShare,
  NEVER,
  type PurchaseFacts,
  type ReturnedState,
  type ReturnOutcome,
  readOperation,
  relocate,
  returnPurchase,
  type StoredOperation,
  walletAfter,
} from "#domains/ledger/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import type { CheckoutFailure, ReturnBody, WalletView } from "./answers.ts";
import type { Outcome } from "./checkout.ts";
import { checkTime, type Environment } from "./environment.ts";
import { bucketOfKey, documentKey, parseReceiptId } from "./keys.ts";
import type { PurchaseBody } from "./receipt-body.ts";
import type { Principal, ReturnRequest } from "./requests.ts";
import type { Decision } from "./task.ts";

/** What a return stores: what was asked and what became of it. */
type ReturnOperationBody = {
  readonly v: 1;
  readonly return: {
    readonly store: string;
    readonly till: string;
    readonly number: string;
    readonly at: string;
    readonly refund: "money" | "points";
    readonly lines: readonly { readonly line: number; readonly category: string; readonly amount: number }[];
  };
  /** The receipt returned, and what of its turnover comes back, kopecks. */
  readonly receiptId: string;
  readonly turnover: number;
  readonly outcome: Omit<ReturnOutcome, "lines">;
  readonly wallet: WalletView;
};

/** Takes back what returned lines earned and gives back the points they were paid with. */
export async function returnReceipt(
  environment: Environment,
  request: ReturnRequest,
  principal: Principal,
): Outcome<ReturnBody> {
  const found = await findPurchase(environment, request.receiptId, principal);
  if (!found.ok) return found;
  const { purchase, body } = found.value;
  const { partner } = body.receipt;
  const programme = environment.programmes.version(purchase.programmeVersion);
  const now = environment.clock.now();
  const refusal =
    request.at < purchase.occurredAt
      ? ({ code: "return-before-purchase" } as const)
      : checkTime(programme, request.at, now);
  const unknownLine =
    request.lines === "all" ? -1 : request.lines.findIndex(({ line }) => line >= body.receipt.lines.length);
  if (unknownLine >= 0) {
    return err({ code: "unknown-line", pointer: `/lines/${unknownLine}/line`, lines: body.receipt.lines.length });
  }
  const { member, renumber } = await relocate(environment.pool, { ...purchase, via: purchase.facts?.via });
  const facts = renumbered(purchaseFacts(purchase, body), renumber);
  const { store, till, number } = request;
  const document = { partner, store, till, number, businessDay: programme.calendar.dayOf(request.at) };
  const outcome = await environment.submit({
    key: documentKey("return", document, [request.receiptId, request.at, request.lines, request.refund]),
    subject: { by: "member", member },
    mayCreateMember: false,
    extras: { purchaseSeq: facts.seq, lotSeqs: [facts.seq, ...facts.draws.map(([seq]) => seq)] },
    decide: (draft, returned, shift) => {
      if (refusal) return err(refusal);
      const shifted = renumbered(facts, (seq) => shift + seq);
      return decideReturn(programme, request, shifted, body, draft, returned);
    },
  });
  if (!outcome.ok) return outcome;
  return ok({ replayed: outcome.value.replayed, body: renderReturn(outcome.value.operation as StoredOperation) });
}

/** The purchase behind a receipt id; "unknown" also for what the asker may not know of. */
export async function findPurchase(environment: Environment, receiptId: string, principal: Principal) {
  const unknown = err({ code: "unknown-receipt" } as const satisfies CheckoutFailure);
  const keyHash = parseReceiptId(receiptId);
  if (!keyHash) return unknown;
  const [claim] = await findKeys(environment.pool, [{ keyBucket: bucketOfKey(keyHash), keyHash }]);
  if (claim?.member === undefined || claim.seq === undefined) return unknown;
  const purchase = await readOperation(environment.pool, claim.member, claim.seq);
  if (purchase?.kind !== "purchase") return unknown;
  const body = purchase.body as PurchaseBody;
  if (principal.partner !== undefined && principal.partner !== body.receipt.partner) return unknown;
  return ok({ purchase, body });
}

function purchaseFacts(purchase: StoredOperation, body: PurchaseBody): PurchaseFacts {
  return {
    seq: purchase.seq,
    partner: purchase.partner,
    lineKopecks: body.receipt.lines.map((line) => line.amount),
    spentByLineCents: body.spent.byLine,
    draws: body.spent.draws as readonly LotShare[],
    earned: body.earned,
  };
}

/** The purchase under the numbers that it has in the stream of the member that answers for it now. */
function renumbered(facts: PurchaseFacts, renumber: (seq: number) => number): PurchaseFacts {
  const draws = facts.draws.map(([seq, part, funder, cents]): LotShare => [renumber(seq), part, funder, cents]);
  return { ...facts, seq: renumber(facts.seq), draws };
}

function decideReturn(
  programme: CompiledProgramme,
  request: ReturnRequest,
  facts: PurchaseFacts,
  purchase: PurchaseBody,
  draft: Draft,
  alreadyReturned: ReturnedState | undefined,
): Decision {
  const { policies, calendar, pointValueKopecks } = programme;
  const { now } = draft.context;
  const times = programme.defaultLot.times(now);
  let body: ReturnOperationBody | undefined;
  const returned = returnPurchase(draft, {
    purchase: facts,
    returned: alreadyReturned,
    partner: facts.partner,
    at: request.at,
    receiptId: request.receiptId,
    programmeVersion: programme.version,
    lines: request.lines,
    kopecksPerPoint: pointValueKopecks,
    expiredPolicy:
      policies.returnOfExpired === "grace"
        ? { kind: "grace", graceExpiresAt: calendar.startOf(calendar.dayOf(now) + policies.graceDays + 1) }
        : { kind: "original" },
    ...(request.refund === "points"
      ? { refundInPoints: { availableAt: now, expiresAt: times.expiresAt ?? NEVER } }
      : {}),
    body: (after, outcome) => {
      body = returnBody(request, purchase, outcome, walletAfter(after));
      return JSON.stringify(body);
    },
  });
  if (returned.ok) return ok({ body });
  const { index, leftKopecks } = returned.failure;
  return err({
    code: "return-exceeds-purchase",
    pointer: index < 0 || request.lines === "all" ? "/all" : `/lines/${index}/amount`,
    leftKopecks,
  });
}

function returnBody(
  request: ReturnRequest,
  purchase: PurchaseBody,
  { lines, ...outcome }: ReturnOutcome,
  wallet: WalletView,
): ReturnOperationBody {
  return {
    v: 1,
    return: {
      store: request.store,
      till: request.till,
      number: request.number,
      at: formatInstant(request.at),
      refund: request.refund,
      lines: lines.map(({ line, amountKopecks }) => ({
        line,
        category: purchase.receipt.lines[line]?.category ?? "",
        amount: amountKopecks,
      })),
    },
    receiptId: request.receiptId,
    turnover: -lines.reduce((total, line) => total + line.amountKopecks, 0),
    outcome,
    wallet,
  };
}

export function renderReturn(operation: StoredOperation): ReturnBody {
  const { receiptId, outcome, wallet } = operation.body as ReturnOperationBody;
  return {
    receiptId,
    operation: operationIds.format(operation),
    member: memberIds.format(operation.member),
    takenBack: outcome.takenBackCents,
    givenBack: outcome.givenBackCents,
    arrears: outcome.arrearsCents,
    expired: outcome.expiredCents,
    refundKopecks: outcome.refundKopecks,
    refundPoints: outcome.refundCents,
    wallet,
  };
}
