import type { GuardBatch, GuardFacts, GuardNote } from "#domains/guards/index.ts";
import {
  bookDue,
  type Draft,
  drawableCents,
  type EarnPart,
  findOpenHold,
  NEVER,
  purchase,
  type Reserved,
  walletAfter,
} from "#domains/ledger/index.ts";
import {
  type CompiledProgramme,
  isSharedKey,
  type MemberStanding,
  type Priced,
  type PricingFailure,
  price,
  type Receipt,
} from "#domains/program/index.ts";
import { holdIds, type OperationRef } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CheckoutFailure, ReceiptBody } from "./answers.ts";
import { askBudgets, type BudgetQuestions } from "./budgets.ts";
import type { Outcome } from "./checkout.ts";
import { checkTime, type Environment } from "./environment.ts";
import { checkStanding, type GuardedRequest, guardRequest, heldBack, noteOf, noteRefusal } from "./guard.ts";
import { withStoredState } from "./holds.ts";
import { judgePriced, placesOf, type Seen, storedCashier } from "./judge-receipt.ts";
import { documentKey, formatReceiptId, type RequestKey } from "./keys.ts";
import { purchaseBody, storedReceipt, turnoverOf } from "./receipt-body.ts";
import { renderReceipt } from "./render-receipt.ts";
import type { Principal, ReceiptRequest } from "./requests.ts";
import type { Decision, Subject, Task } from "./task.ts";

/** Prices a receipt and posts it; once, however often it comes. */
export async function postReceipt(
  environment: Environment,
  request: ReceiptRequest,
  principal: Principal,
): Outcome<ReceiptBody> {
  const task = receiptTask(environment, request, principal);
  if (!task.ok) return task;
  const outcome = await environment.submit(task.value);
  if (!outcome.ok) {
    if (outcome.failure.code === "velocity-exceeded") task.value.onRefused();
    return err(await holdFailure(environment, request.holdId, outcome.failure));
  }
  const { replayed, operation, anonymousBody } = outcome.value;
  return ok({
    replayed,
    body: renderReceipt(
      environment.programmes,
      task.value.receiptId as string,
      operation ?? anonymousBody,
      principal.language,
    ),
  });
}

async function holdFailure(environment: Environment, holdId: string | undefined, failure: CheckoutFailure) {
  const hold = holdId === undefined ? undefined : holdIds.parse(holdId);
  return hold ? withStoredState(environment, hold, failure, "capture") : failure;
}

/** The request as a task, when nothing speaks against it yet. */
export function receiptTask(
  environment: Environment,
  request: ReceiptRequest,
  principal: Principal,
): Result<Omit<Task, "now" | "settle" | "fail"> & { readonly onRefused: () => void }, CheckoutFailure> {
  const { receipt } = request;
  const now = environment.clock.now();
  if (principal.partner !== undefined && principal.partner !== receipt.partner) {
    return err({ code: "forbidden-partner", partner: receipt.partner });
  }
  const programme = environment.programmes.at(receipt.at);
  const hold = request.holdId === undefined ? undefined : holdIds.parse(request.holdId);
  if (request.holdId !== undefined && hold === undefined) return err({ code: "unknown-hold" });
  const subject = subjectOf(environment, request, hold);
  if (!subject.ok) return subject;
  const refusal = checkReceipt(programme, receipt, subject.value, hold, now);
  const key = receiptKey(programme, request, subject.value);
  const receiptId = formatReceiptId(key.keyHash);
  const guarded = guardRequest(environment, subject.value, placesOf(programme, request), principal.language);
  return ok({
    key,
    subject: subject.value,
    mayCreateMember: true,
    receiptId,
    // A refusal for its time is said inside the batch: a receipt that was accepted once is answered for ever.
    decide: (draft, _, shift, budgets, guards) => {
      if (refusal) return err(refusal);
      return decideReceipt(
        { environment, programme, request, key, receiptId, guarded },
        hold && { ...hold, seq: shift + hold.seq },
        draft,
        budgets && askBudgets(budgets, environment.programmes.current()),
        guards,
      );
    },
    onRefused: () => guarded && noteRefusal(guarded, "purchase", key, now, receiptId),
    decideAnonymous: (at) => (refusal ? err(refusal) : anonymousReceipt(programme, receipt, key, at)),
  });
}

function checkReceipt(
  programme: CompiledProgramme,
  receipt: Receipt,
  subject: Subject,
  hold: OperationRef | undefined,
  now: EpochMs,
): CheckoutFailure | undefined {
  const late = checkTime(programme, receipt.at, now);
  if (late) return late;
  if (receipt.spendCents === 0) return undefined;
  if (subject.by === "nobody") return { code: "spend-without-member" };
  const isOffline = receipt.at < now - programme.policies.onlineToleranceMs;
  return isOffline && !hold ? { code: "spend-needs-hold" } : undefined;
}

function subjectOf(
  environment: Environment,
  request: ReceiptRequest,
  hold: OperationRef | undefined,
): Result<Subject, CheckoutFailure> {
  const { member } = request;
  if (hold) {
    if (member?.by === "id" && member.id !== hold.member) return err({ code: "unknown-hold" });
    return ok({ by: "member", member: hold.member });
  }
  if (!member) return ok({ by: "nobody" });
  if (member.by === "id") return ok({ by: "member", member: member.id });
  return ok({ by: "identifier", key: environment.identifierKey(member.kind, member.value) });
}

/** The body counts with its member: the same receipt shown with another card is a conflict. */
function receiptKey(programme: CompiledProgramme, request: ReceiptRequest, subject: Subject): RequestKey {
  const { receipt } = request;
  const who = subject.by === "member" ? subject.member : subject.by === "identifier" ? subject.key.text : null;
  const body = [
    receipt.at,
    receipt.channel,
    receipt.lines.map((line) => [line.category, line.amountKopecks, line.quantity]),
    receipt.deliveryFeeKopecks,
    receipt.tenders.map((tender) => [tender.kind, tender.amountKopecks, tender.token, tender.bank]),
    receipt.spendCents,
    request.holdId,
    request.spendAll,
    who,
    // Only where they are given: keys of receipts that were sent without stay as they were.
    ...(request.cashier === undefined && request.device === undefined ? [] : [request.cashier, request.device]),
  ];
  const { partner, store, till, number } = receipt;
  return documentKey(
    "receipt",
    { partner, store, till, number, businessDay: programme.calendar.dayOf(receipt.at) },
    body,
  );
}

const NO_USE: MemberStanding["capUse"] = new Map();

/** What pricing may know of the wallet at this moment; traits are picked by the receipt's own time. */
export function standingOf(draft: Draft, heldCents?: number, budgets?: BudgetQuestions): MemberStanding {
  return {
    traits: draft.before.traits,
    capUse: draft.capUse.size === 0 ? NO_USE : { get: (key) => draft.capUse.get(key)?.[0] },
    firstPurchaseAt: draft.firstPurchaseAt,
    // A receipt that captures a hold spends what is held, and nothing else.
    activeCents: heldCents ?? drawableCents(draft),
    ...(budgets ? { budgetLeft: budgets.left } : {}),
  };
}

export function earnParts(priced: Priced): EarnPart[] {
  return priced.earned.map(({ availableAt, expiresAt, funders, amountCents }) => ({
    availableAt,
    expiresAt: expiresAt ?? NEVER,
    funders,
    amountCents,
  }));
}

type ReceiptAsked = {
  readonly environment: Environment;
  readonly programme: CompiledProgramme;
  readonly request: ReceiptRequest;
  readonly key: RequestKey;
  readonly receiptId: string;
  readonly guarded: GuardedRequest | undefined;
};

function decideReceipt(
  asked: ReceiptAsked,
  holdRef: OperationRef | undefined,
  draft: Draft,
  budgets: BudgetQuestions | undefined,
  guards: GuardBatch | undefined,
): Decision {
  const { request, receiptId, guarded } = asked;
  const { receipt } = request;
  const isSpending = receipt.spendCents > 0 && holdRef === undefined;
  const stopped = guarded && checkStanding(guarded, draft, isSpending);
  if (stopped) return err(stopped);
  const programme = guarded ? guarded.guards.pricing(asked.programme, receipt.partner) : asked.programme;
  bookDue(draft);
  const open = holdRef ? findOpenHold(draft, holdRef.seq) : undefined;
  if (open && !open.ok) return open;
  const hold = open?.value;
  const heldCents = hold?.items.reduce((total, item) => total + item[3], 0);
  const standingOfMember = standingOf(draft, heldCents, budgets);
  const spendCents = spendOf(programme, request, standingOfMember, heldCents);
  if (heldCents !== undefined && spendCents > heldCents) return err({ code: "capture-exceeds-hold", heldCents });
  const asReceipt = spendCents === receipt.spendCents ? receipt : { ...receipt, spendCents };
  const priced = price(asReceipt, standingOfMember, programme);
  if (!priced.ok) return err(pricingFailure(priced.failure, draft));
  const seen =
    guarded &&
    judgePriced(
      asked.environment,
      receipt,
      guarded,
      priced.value,
      holdRef ? 0 : spendCents,
      draft.before.member,
      guards,
    );
  if (seen && !seen.ok) return seen;
  const review = seen?.value.review;
  const budgetUse = budgets?.answer(priced.value);
  if (budgetUse && !budgetUse.ok) return budgetUse;
  const stored = storedReceipt(receipt, storedCashier(asked.environment, request));
  let body: unknown;
  const posted = purchase(draft, {
    partner: receipt.partner,
    at: receipt.at,
    receiptId,
    spendCents,
    ...(holdRef ? { holdSeq: holdRef.seq } : {}),
    programmeVersion: programme.version,
    earned: review ? heldBack(earnParts(priced.value)) : earnParts(priced.value),
    capUse: ownCapUse(priced.value),
    ...(priced.value.reserved.length === 0 ? {} : { reserved: reservedOf(programme, receipt, priced.value, draft) }),
    body: (after, draws) => {
      body = purchaseBody(stored, turnoverOf(receipt), priced.value, draws, walletAfter(after));
      if (seen) body = { ...(body as object), ...seen.value.told };
      return JSON.stringify(body);
    },
  });
  if (!posted.ok) return err(posted.failure);
  return ok({
    body,
    ...(budgetUse && budgetUse.value.length > 0 ? { budgetUse: budgetUse.value } : {}),
    ...(guarded && seen?.value.facts ? { guard: guardNote(asked, guarded, seen.value, draft) } : {}),
  });
}

function guardNote({ key, receiptId }: ReceiptAsked, guarded: GuardedRequest, seen: Seen, draft: Draft): GuardNote {
  const { facts, verdict, review, earnedCents: pointsCents } = seen;
  const isHeld = review !== undefined;
  return noteOf(facts as GuardFacts, verdict, { key, draft, receiptId, request: guarded, isHeld, pointsCents });
}

/** The member's own caps; budgets are counted for everybody, elsewhere. */
function ownCapUse({ capUse }: Priced): (readonly [string, number, number])[] {
  const own: (readonly [string, number, number])[] = [];
  for (const { key, amount, untilDay } of capUse) if (!isSharedKey(key)) own.push([key, amount, untilDay]);
  return own;
}

/** What waits for the top-up of a deposit, from now on. */
function reservedOf(programme: CompiledProgramme, receipt: Receipt, { reserved }: Priced, draft: Draft): Reserved {
  return {
    untilAt: draft.context.now + programme.policies.reserveMs,
    wholeKopecks: receipt.lines.reduce((sum, line) => sum + line.amountKopecks, 0),
    parts: reserved.map((part) => [part.availableAt, part.expiresAt ?? null, part.funders, part.amountCents] as const),
  };
}

/** The points to spend: as asked; all of the hold when it names one and no sum; or all that is allowed. */
function spendOf(
  programme: CompiledProgramme,
  { receipt, spendAll }: ReceiptRequest,
  standing: MemberStanding,
  heldCents: number | undefined,
): number {
  if (receipt.spendCents > 0) return receipt.spendCents;
  if (heldCents !== undefined) return heldCents;
  if (!spendAll || standing.activeCents === 0) return 0;
  const priced = price(receipt, standing, programme);
  return priced.ok ? priced.value.spendableCents : 0;
}

/** Pricing names the limit that stopped a spend; where it was the wallet, the till should say so. */
function pricingFailure(failure: PricingFailure, draft: Draft): CheckoutFailure {
  const isBalance = "limit" in failure && failure.limit === "balance";
  return isBalance ? { code: "insufficient-points", activeCents: drawableCents(draft) } : failure;
}

function anonymousReceipt(programme: CompiledProgramme, receipt: Receipt, key: RequestKey, now: EpochMs) {
  const known = price({ ...receipt, spendCents: 0 }, NOBODY, programme);
  if (!known.ok) return known;
  const turnover = turnoverOf(receipt);
  return ok({
    keyBucket: key.keyBucket,
    keyHash: key.keyHash,
    partner: receipt.partner,
    store: receipt.store,
    occurredAt: receipt.at,
    postedAt: now,
    businessDay: programme.calendar.dayOf(receipt.at),
    programmeVersion: programme.version,
    turnoverKopecks: turnover,
    body: JSON.stringify({ v: 1, receipt: storedReceipt(receipt), turnover, programmeVersion: programme.version }),
  });
}

/** Pricing also checks that store and categories exist; without a member its points are dropped. */
const NOBODY: MemberStanding = { traits: [], capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 0 };
