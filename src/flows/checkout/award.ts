import {
  award as awardInLedger,
  bookDue,
  type Draft,
  NEVER,
  type StoredOperation,
  walletAfter,
} from "#domains/ledger/index.ts";
import type { BudgetSession } from "#domains/limits/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import type { AwardBody, WalletView } from "./answers.ts";
import type { Outcome } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import { grantAward } from "./grant-award.ts";
import { awardStop, checkStanding, guardRequest } from "./guard.ts";
import { scopeOf, subjectOf } from "./holds.ts";
import { requestKey } from "./keys.ts";
import type { AwardRequest, Principal } from "./requests.ts";
import type { Decision } from "./task.ts";

type AwardOperationBody = {
  readonly v: 1;
  readonly reason: string;
  readonly funder: string;
  readonly cents: number;
  /** Waits for the top-up of the funder's deposit. */
  readonly reserved?: number;
  readonly by: string;
  readonly wallet: WalletView;
};

/** A compensation: points that no receipt earned, paid by the seller or the operator, with the reason on record. */
export async function award(environment: Environment, request: AwardRequest, principal: Principal): Outcome<AwardBody> {
  const programme = environment.programmes.current();
  const { funder } = request;
  if (principal.partner !== undefined && principal.partner !== funder) {
    return err({ code: "forbidden-partner", partner: funder });
  }
  if (!programme.partners.get(funder)?.canFund)
    return err({ code: "unknown-partner", pointer: "/funder", value: funder });
  const subject = subjectOf(environment, request.member);
  const who = subject.by === "identifier" ? subject.key.text : request.member;
  const body = [funder, who, request.pointsCents, request.reason, request.expiresAt];
  const guarded = guardRequest(environment, subject, { partner: funder });
  const outcome = await environment.submit({
    key: requestKey("award", [scopeOf(principal), request.idempotencyKey], body),
    subject,
    mayCreateMember: false,
    decide: (draft, _, __, budgets) => {
      const award = { partner: funder, funders: [funder] };
      const stopped = guarded && (checkStanding(guarded, draft, false) ?? awardStop(guarded.guards, award));
      return stopped ? err(stopped) : decideAward(environment, request, principal, draft, budgets);
    },
  });
  if (!outcome.ok) return outcome;
  const operation = outcome.value.operation as StoredOperation;
  return ok({ replayed: outcome.value.replayed, body: renderAward(operation) });
}

function decideAward(
  environment: Environment,
  request: AwardRequest,
  principal: Principal,
  draft: Draft,
  budgets: BudgetSession | undefined,
): Decision {
  const { now } = draft.context;
  const { funder } = request;
  const programme = environment.programmes.current();
  const expiresAt = request.expiresAt ?? programme.defaultLot.times(now).expiresAt ?? NEVER;
  if (expiresAt <= now) return err({ code: "expiry-in-past", pointer: "/expiresAt" });
  const asked = { availableAt: now, expiresAt, funders: [funder], amountCents: [request.pointsCents] };
  const granted = grantAward(budgets, programme, asked, now);
  if (!granted.ok) {
    const { failure } = granted;
    return failure.code === "budget-short"
      ? err(failure)
      : err({ code: failure.code, funder, leftCents: failure.leftCents });
  }
  const { earned, cents, reserved, uses } = granted.value;
  // First, so that an expiry booked on the way does not carry what waits.
  bookDue(draft);
  let body: AwardOperationBody | undefined;
  awardInLedger(draft, {
    kind: "award",
    partner: request.funder,
    at: now,
    earned: [earned],
    ...(reserved === undefined ? {} : { reserved }),
    body: (after) => {
      body = {
        v: 1,
        reason: request.reason,
        funder: request.funder,
        cents,
        ...(reserved === undefined ? {} : { reserved: request.pointsCents - cents }),
        by: principal.keyId,
        wallet: walletAfter(after),
      };
      return JSON.stringify(body);
    },
  });
  return ok({ body, budgetUse: uses });
}

export function renderAward(operation: StoredOperation): AwardBody {
  const body = operation.body as AwardOperationBody;
  return {
    operation: operationIds.format(operation),
    member: memberIds.format(operation.member),
    earned: body.cents,
    ...(body.reserved === undefined ? {} : { reserved: body.reserved }),
    wallet: body.wallet,
  };
}
