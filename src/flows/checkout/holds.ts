import type { GuardBatch, GuardNote } from "#domains/guards/index.ts";
import {
  captureHold as captureInLedger,
  type Draft,
  type HoldFailure,
  type LotShare,
  locateHold,
  placeHold as placeInLedger,
  readHoldState,
  type StoredOperation,
  voidHold as voidInLedger,
  walletAfter,
} from "#domains/ledger/index.ts";
import { holdIds, memberIds, type OperationRef, operationIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant, SECOND_MS } from "#kernel/time.ts";
import type { CheckoutFailure, HoldBody, WalletView } from "./answers.ts";
import type { Outcome } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import {
  checkStanding,
  factsOf,
  type GuardedRequest,
  guardRequest,
  judgeRequest,
  noteOf,
  noteRefusal,
} from "./guard.ts";
import type { GuardFailure } from "./guard-failure.ts";
import { type RequestKey, requestKey } from "./keys.ts";
import type { CaptureRequest, HoldRequest, MemberRef, Principal, VoidRequest } from "./requests.ts";
import type { Decision, Subject } from "./task.ts";

/** What a hold, a capture and a void store: enough to give their answer again. */
type HoldOperationBody = {
  readonly v: 1;
  readonly holdSeq: number;
  readonly state: HoldBody["state"];
  readonly held: number;
  readonly captured?: number;
  readonly expiresAt: number;
  readonly reference?: string;
  readonly wallet: WalletView;
};

export function subjectOf(environment: Environment, member: MemberRef): Subject {
  return member.by === "id"
    ? { by: "member", member: member.id }
    : { by: "identifier", key: environment.identifierKey(member.kind, member.value) };
}

/** Idempotency keys are the asker's own: two partners may use the same. */
export function scopeOf(principal: Principal): string {
  return principal.partner ?? `role:${principal.role}`;
}

/** Sets active points aside for one partner until captured, voided or timed out. */
export async function placeHold(
  environment: Environment,
  request: HoldRequest,
  principal: Principal,
): Outcome<HoldBody> {
  const refusal = checkPartner(environment, request.partner, principal);
  if (refusal) return err(refusal);
  const subject = subjectOf(environment, request.member);
  const who = subject.by === "identifier" ? subject.key.text : request.member;
  const body = [request.partner, who, request.pointsCents, request.ttlSeconds, request.reference];
  const key = requestKey("hold", [scopeOf(principal), request.idempotencyKey], body);
  const guarded = guardRequest(environment, subject, { partner: request.partner }, principal.language);
  const outcome = await environment.submit({
    key,
    subject,
    mayCreateMember: false,
    decide: (draft, _, __, ___, guards) => {
      const judged = guarded && judgeHold(guarded, request, key, draft, guards);
      if (judged && !judged.ok) return judged;
      const decided = decideHold(environment, request, draft);
      return decided.ok && judged?.value ? ok({ ...decided.value, guard: judged.value(draft) }) : decided;
    },
  });
  if (!outcome.ok) {
    if (guarded && outcome.failure.code === "velocity-exceeded") {
      noteRefusal(guarded, "hold", key, environment.clock.now());
    }
    return outcome;
  }
  return ok({ replayed: outcome.value.replayed, body: renderHold(outcome.value.operation as StoredOperation) });
}

/** A hold takes points as a spend does; there is nothing in it to hold for review, so that is noted only. */
function judgeHold(
  guarded: GuardedRequest,
  request: HoldRequest,
  key: RequestKey,
  draft: Draft,
  guards: GuardBatch | undefined,
): Result<((after: Draft) => GuardNote) | undefined, GuardFailure> {
  const stopped = checkStanding(guarded, draft, true);
  if (stopped) return err(stopped);
  if (!guarded.guards.needs) return ok(undefined);
  const { pointsCents } = request;
  const sums = { kind: "hold", at: draft.context.now, kopecks: 0, earnedCents: 0, spentCents: pointsCents } as const;
  const facts = factsOf(guarded, draft.before.member, sums);
  const judged = judgeRequest(guarded, guards, facts);
  if (!judged.ok) return judged;
  const verdict = judged.value;
  return ok((after) => noteOf(facts, verdict, { key, draft: after, request: guarded, isHeld: false, pointsCents }));
}

function checkPartner(environment: Environment, partner: string, principal: Principal): CheckoutFailure | undefined {
  if (principal.partner !== undefined && principal.partner !== partner) return { code: "forbidden-partner", partner };
  const terms = environment.programmes.current().partners.get(partner);
  if (!terms) return { code: "unknown-partner", pointer: "/partner", value: partner };
  if (!terms.canRedeem) {
    return { code: "spend-not-allowed", pointer: "/partner", spendableCents: 0, limit: `${partner} takes no points` };
  }
  return undefined;
}

function decideHold(environment: Environment, request: HoldRequest, draft: Draft): Decision {
  const longest = environment.programmes.current().policies.longestHoldMs;
  const ttlMs = request.ttlSeconds * SECOND_MS;
  if (ttlMs > longest) return err({ code: "hold-too-long", longestSeconds: longest / SECOND_MS });
  const expiresAt = draft.context.now + ttlMs;
  let body: HoldOperationBody | undefined;
  const placed = placeInLedger(draft, {
    partner: request.partner,
    pointsCents: request.pointsCents,
    expiresAt,
    body: (after) => {
      body = {
        v: 1,
        holdSeq: draft.seq,
        state: "open",
        held: request.pointsCents,
        expiresAt,
        ...(request.reference === undefined ? {} : { reference: request.reference }),
        wallet: walletAfter(after),
      };
      return JSON.stringify(body);
    },
  });
  return placed.ok ? ok({ body }) : placed;
}

/** Spends up to what is held; the rest goes back to its lots. */
export async function captureHold(
  environment: Environment,
  request: CaptureRequest,
  principal: Principal,
): Outcome<HoldBody> {
  return endHold(environment, "capture", request.holdId, request.idempotencyKey, principal, request.pointsCents);
}

/** Gives everything held back. */
export async function voidHold(
  environment: Environment,
  request: VoidRequest,
  principal: Principal,
): Outcome<HoldBody> {
  return endHold(environment, "void", request.holdId, request.idempotencyKey, principal, 0);
}

async function endHold(
  environment: Environment,
  verb: "capture" | "void",
  holdId: string,
  idempotencyKey: string,
  principal: Principal,
  pointsCents: number,
): Outcome<HoldBody> {
  const named = holdIds.parse(holdId);
  if (!named) return err({ code: "unknown-hold" });
  const hold = await locateHold(environment.pool, named);
  const stored = await readHoldState(environment.pool, hold.member, hold.seq);
  if (!stored || (principal.partner !== undefined && principal.partner !== stored.partner)) {
    return err({ code: "unknown-hold" });
  }
  const outcome = await environment.submit({
    key: requestKey(verb, [scopeOf(principal), idempotencyKey], [holdId, pointsCents]),
    subject: { by: "member", member: hold.member },
    mayCreateMember: false,
    decide: (draft, _, shift) => decideEnd(verb, { ...hold, seq: shift + hold.seq }, stored, pointsCents, draft),
  });
  if (!outcome.ok) return err(await withStoredState(environment, hold, outcome.failure, verb));
  return ok({ replayed: outcome.value.replayed, body: renderHold(outcome.value.operation as StoredOperation) });
}

function decideEnd(
  verb: "capture" | "void",
  hold: OperationRef,
  stored: { readonly expiresAt: number },
  pointsCents: number,
  draft: Draft,
): Decision {
  let held = 0;
  for (const item of draft.holds.find((open) => open.seq === hold.seq)?.items ?? []) held += item[3];
  let body: HoldOperationBody | undefined;
  const render = (after: Draft): string => {
    body = {
      v: 1,
      holdSeq: hold.seq,
      state: verb === "capture" ? "captured" : "voided",
      held,
      ...(verb === "capture" ? { captured: pointsCents } : {}),
      expiresAt: stored.expiresAt,
      wallet: walletAfter(after),
    };
    return JSON.stringify(body);
  };
  const ended: Result<readonly LotShare[], HoldFailure> =
    verb === "capture"
      ? captureInLedger(draft, { holdSeq: hold.seq, pointsCents, body: render })
      : voidInLedger(draft, { holdSeq: hold.seq, body: render });
  return ended.ok ? ok({ body }) : ended;
}

/** The wallet knows open holds only; how an ended one ended is in its row. */
export async function withStoredState(
  environment: Environment,
  hold: OperationRef,
  failure: CheckoutFailure,
  verb: "capture" | "void",
): Promise<CheckoutFailure> {
  if (failure.code === "hold-expired" && verb === "void") return { code: "hold-not-open", state: "timed-out" };
  if (failure.code !== "hold-not-open") return failure;
  const stored = await readHoldState(environment.pool, hold.member, hold.seq);
  const state = stored?.state ?? "unknown";
  return state === "timed-out" && verb === "capture" ? { code: "hold-expired" } : { code: "hold-not-open", state };
}

export function renderHold(operation: StoredOperation): HoldBody {
  const body = operation.body as HoldOperationBody;
  const { member } = operation;
  return {
    hold: holdIds.format({ member, seq: body.holdSeq }),
    operation: operationIds.format(operation),
    member: memberIds.format(member),
    state: body.state,
    held: body.held,
    ...(body.captured === undefined ? {} : { captured: body.captured }),
    ...(body.state === "open" ? {} : { released: body.held - (body.captured ?? 0) }),
    expiresAt: formatInstant(body.expiresAt),
    wallet: body.wallet,
  };
}
