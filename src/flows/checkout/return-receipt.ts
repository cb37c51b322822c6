import type { GuardNote } from "#domains/guards/index.ts";
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
import type { BudgetSession, BudgetUse } from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { bucketOf, memberIds, operationIds, type PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import type { CheckoutFailure, ReturnBody, WalletView } from "./answers.ts";
import { type BudgetShort, drawCovers } from "./budgets.ts";
import type { Outcome } from "./checkout.ts";
import { checkTime, type Environment } from "./environment.ts";
import { giveBackOf } from "./give-back.ts";
import { factsOf, type GuardedRequest, guardRequest } from "./guard.ts";
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
  const { store, till, number, cashier } = request;
  const guarded = guardRequest(environment, NO_CARD, { partner, store, till, cashier });
  const document = { partner, store, till, number, businessDay: programme.calendar.dayOf(request.at) };
  const outcome = await environment.submit({
    key: documentKey("return", document, [request.receiptId, request.at, request.lines, request.refund]),
    subject: { by: "member", member },
    mayCreateMember: false,
    extras: { purchaseSeq: facts.seq, lotSeqs: [facts.seq, ...facts.draws.map(([seq]) => seq)] },
    decide: (draft, returned, shift, budgets) => {
      if (refusal) return err(refusal);
      const shifted = renumbered(facts, (seq) => shift + seq);
      const bought = { purchase, body, facts: shifted };
      const decided = decideReturn(programme, request, bought, draft, returned, {
        session: budgets,
        current: environment.programmes.current(),
      });
      return decided.ok && guarded?.guards.needs
        ? ok({ ...decided.value, guard: countReturn(guarded, request, draft) })
        : decided;
    },
  });
  if (!outcome.ok) return outcome;
  return ok({ replayed: outcome.value.replayed, body: renderReturn(outcome.value.operation as StoredOperation) });
}

/** Nobody shows a card to bring something back: its member is the receipt's. */
const NO_CARD = { by: "nobody" } as const;

/** A return is never stopped: it is counted, for the purchases that follow. */
function countReturn(guarded: GuardedRequest, { at }: ReturnRequest, draft: Draft): GuardNote {
  const body = JSON.parse(draft.operations.at(-1)?.body ?? "{}") as Partial<ReturnOperationBody>;
  const sums = { kind: "return", at, kopecks: -(body.turnover ?? 0), earnedCents: 0, spentCents: 0 } as const;
  return { facts: factsOf(guarded, draft.before.member, sums) };
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

type Bought = { readonly purchase: StoredOperation; readonly body: PurchaseBody; readonly facts: PurchaseFacts };
type Covers = { readonly session: BudgetSession | undefined; readonly current: CompiledProgramme };

function decideReturn(
  programme: CompiledProgramme,
  request: ReturnRequest,
  { purchase, body: bought, facts }: Bought,
  draft: Draft,
  alreadyReturned: ReturnedState | undefined,
  covers: Covers,
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
    ...(draft.before.member === purchase.member ? {} : { cited: placeOf(purchase) }),
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
    ...(policies.budgetReturn === "give-back" ? { giveBack: giveBackOf(programme, purchase, facts, bought) } : {}),
    body: (after, outcome) => {
      body = returnBody(request, bought, outcome, walletAfter(after));
      return JSON.stringify(body);
    },
  });
  if (returned.ok) {
    const refund = refundCover(facts.partner, returned.value.refundCents, covers);
    return refund.ok ? ok({ body, budgetUse: refund.value }) : refund;
  }
  const { index, leftKopecks } = returned.failure;
  return err({
    code: "return-exceeds-purchase",
    pointer: index < 0 || request.lines === "all" ? "/all" : `/lines/${index}/amount`,
    leftKopecks,
  });
}

/** Where the purchase of a merged member stands, for the month's books. */
function placeOf({ member, seq }: StoredOperation): readonly [number, number, number] {
  return [bucketOf(member), member, seq];
}

/** A refund in points is an award of the seller's: one that can't pay for it gives the money back. */
function refundCover(
  funder: PartnerId,
  cents: PointsCents,
  { session, current }: Covers,
): Result<readonly BudgetUse[], CheckoutFailure | BudgetShort> {
  if (cents === 0) return ok([]);
  const covered = drawCovers(session, current, { funders: [funder], amountCents: [cents] });
  if (!covered.ok) return covered;
  if (covered.value.cents < cents) return err({ code: "funder-exhausted", funder, leftCents: covered.value.cents });
  return ok(covered.value.uses);
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
