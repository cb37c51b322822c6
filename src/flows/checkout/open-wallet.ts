import { award, type Draft, type EarnPart, type StoredOperation, walletAfter } from "#domains/ledger/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import type { AwardBody, WalletView } from "./answers.ts";
import type { Outcome } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import { subjectOf } from "./holds.ts";
import { requestKey } from "./keys.ts";
import type { MemberRef, Principal } from "./requests.ts";
import type { Decision } from "./task.ts";

export type OpeningRequest = {
  /** Which opening it is; the same one again with the same lots is a replay, with others a conflict. */
  readonly idempotencyKey: string;
  readonly member: MemberRef;
  /** At most 60: a lot's part has to fit its key. */
  readonly lots: readonly EarnPart[];
  /** Where the lots come from, for the record. */
  readonly source: string;
};

type OpeningBody = {
  readonly v: 1;
  readonly source: string;
  readonly cents: number;
  readonly by: string;
  readonly wallet: WalletView;
};

export const MOST_OPENING_LOTS = 60;

/** Opens a wallet with lots of another programme: funders, times and expiries stay what they were. */
export async function openWallet(
  environment: Environment,
  request: OpeningRequest,
  principal: Principal,
): Outcome<AwardBody> {
  const partners = environment.programmes.current().partners;
  for (const [index, lot] of request.lots.entries()) {
    const stranger = lot.funders.find((funder) => !partners.has(funder));
    if (stranger) return err({ code: "unknown-partner", pointer: `/lots/${index}/funder`, value: stranger });
  }
  const lots = request.lots.map((lot) => [lot.earnedAt, lot.availableAt, lot.expiresAt, lot.funders, lot.amountCents]);
  const outcome = await environment.submit({
    key: requestKey("opening", [request.source, request.idempotencyKey], lots),
    subject: subjectOf(environment, request.member),
    mayCreateMember: false,
    decide: (draft) => decideOpening(environment, request, principal, draft),
  });
  if (!outcome.ok) return outcome;
  const operation = outcome.value.operation as StoredOperation;
  const body = operation.body as OpeningBody;
  return ok({
    replayed: outcome.value.replayed,
    body: {
      operation: operationIds.format(operation),
      member: memberIds.format(operation.member),
      earned: body.cents,
      wallet: body.wallet,
    },
  });
}

function decideOpening(
  environment: Environment,
  request: OpeningRequest,
  principal: Principal,
  draft: Draft,
): Decision {
  let cents = 0;
  for (const lot of request.lots) for (const amount of lot.amountCents) cents += amount;
  let body: OpeningBody | undefined;
  award(draft, {
    kind: "opening",
    partner: environment.programmes.current().operator,
    at: draft.context.now,
    earned: request.lots,
    body: (after) => {
      body = { v: 1, source: request.source, cents, by: principal.keyId, wallet: walletAfter(after) };
      return JSON.stringify(body);
    },
  });
  return ok({ body });
}
