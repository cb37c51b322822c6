import {
  award as awardInLedger,
  bookDue,
  type Draft,
  type EarnPart,
  recordOperation,
  type StoredOperation,
  setTrait,
  type TakeBackItem,
  type TakeBackOutcome,
  type Trait,
  takeBack,
  walletAfter,
} from "#domains/ledger/index.ts";
import type { BudgetSession } from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Answer, CheckoutFailure, WalletView } from "./answers.ts";
import { type BudgetShort, drawCovers } from "./budgets.ts";
import type { Environment } from "./environment.ts";
import { type Granted, grantAward } from "./grant-award.ts";
import { awardStop } from "./guard.ts";
import { requestKey } from "./keys.ts";
import type { RewardRefusal } from "./reward-refusal.ts";
import type { Decision } from "./task.ts";

/** What a mission, an offer or a game gives or takes: traits, points, or points back. One operation. */
export type RewardRequest = {
  /** What makes it the same reward; the same one again is a replay whatever else it says. */
  readonly idempotencyKey: readonly (string | number)[];
  readonly member: number;
  /** Whose mission, offer or game it is. */
  readonly partner: string;
  /** Given, or found by what the member has at that moment. */
  readonly traits:
    | readonly Trait[]
    | ((known: readonly Trait[], now: EpochMs, capUse: Draft["capUse"]) => Result<readonly Trait[], RewardRefusal>);
  readonly earned?: EarnPart;
  readonly takeBack?: readonly TakeBackItem[];
  /** What the points count against, and whether too little gives the rest or nothing. */
  readonly budget?: { readonly key: string; readonly limitCents: number; readonly short: "trim" | "refuse" };
  /** Gives of what waits for a deposit: draws what is spoken for, a part if need be, and leaves the rest waiting. */
  readonly waits?: true;
  /** Why: goes into the operation's body, so that it is traced from there. */
  readonly cause: Readonly<Record<string, string | number>>;
};

export type RewardOperationBody = {
  readonly v: 1;
  readonly reward: Readonly<Record<string, string | number>>;
  readonly cents: number;
  readonly outcome?: TakeBackOutcome;
  readonly wallet: WalletView;
};

/** The operation that was posted, now or when it was first asked. Only the machinery asks, so there is no principal. */
export async function reward(
  environment: Environment,
  request: RewardRequest,
): Promise<Result<Answer<StoredOperation>, CheckoutFailure>> {
  const lotSeqs = [...new Set((request.takeBack ?? []).map(({ seq }) => seq))];
  const outcome = await environment.submit({
    key: requestKey("reward", request.idempotencyKey, null),
    subject: { by: "member", member: request.member },
    mayCreateMember: false,
    ...(lotSeqs.length === 0 ? {} : { extras: { purchaseSeq: lotSeqs[0] as number, lotSeqs } }),
    decide: (draft, _, shift, budgets) => {
      const stopped =
        request.earned && !request.waits && awardStop(environment.guards, stopSubject(request, request.earned));
      if (stopped) return err(stopped);
      return decideReward(environment.programmes.current(), request, draft, shift, budgets);
    },
  });
  if (!outcome.ok) return outcome;
  return ok({ replayed: outcome.value.replayed, body: outcome.value.operation as StoredOperation });
}

/** What a switch may have stopped of it. */
function stopSubject({ partner, cause }: RewardRequest, { funders }: EarnPart) {
  return { partner, funders, ...(typeof cause.mission === "string" ? { mission: cause.mission } : {}) };
}

function decideReward(
  programme: CompiledProgramme,
  request: RewardRequest,
  draft: Draft,
  shift: number,
  budgets: BudgetSession | undefined,
): Decision {
  const { now, calendar } = draft.context;
  const { partner, earned, cause } = request;
  let body: RewardOperationBody | undefined;
  const render = (after: Draft, cents: number, outcome?: TakeBackOutcome): string => {
    const wallet = walletAfter(after);
    body = { v: 1, reward: cause, cents, ...(outcome === undefined ? {} : { outcome }), wallet };
    return JSON.stringify(body);
  };
  // First, so that an expiry booked on the way does not carry the traits of this operation.
  bookDue(draft);
  const traits =
    typeof request.traits === "function" ? request.traits(draft.traits, now, draft.capUse) : ok(request.traits);
  if (!traits.ok) return err(traits.failure);
  for (const trait of traits.value) setTrait(draft, trait);
  if (request.takeBack !== undefined) {
    const items = request.takeBack.map((item) => ({ ...item, seq: item.seq + shift }));
    takeBack(draft, { partner, at: now, items, body: (after, done) => render(after, -done.takenBackCents, done) });
    return ok({ body });
  }
  if (earned !== undefined) {
    const granted = grant(programme, request, earned, budgets, now);
    if (!granted.ok) return granted;
    const { cents, uses, reserved } = granted.value;
    awardInLedger(draft, {
      kind: "award",
      partner,
      at: now,
      earned: [granted.value.earned],
      ...(reserved === undefined ? {} : { reserved }),
      body: (after) => render(after, cents),
    });
    return ok({ body, budgetUse: uses });
  }
  recordOperation(draft, { kind: "standing", partner, occurredAt: now, businessDay: calendar.dayOf(now) }, (after) =>
    render(after, 0),
  );
  return ok({ body });
}

/** How much of an award its budget lets through, and then its funders' covers: all of it, the rest, or a refusal. */
function grant(
  programme: CompiledProgramme,
  request: RewardRequest,
  earned: EarnPart,
  budgets: BudgetSession | undefined,
  now: EpochMs,
): Result<Granted, CheckoutFailure | BudgetShort> {
  if (request.waits) return grantWaiting(programme, earned, budgets);
  const asked = earned.amountCents.reduce((sum, amount) => sum + amount, 0);
  const within = withinBudget(request, asked, budgets);
  if (!within.ok) return within;
  const cents = within.value;
  const given =
    cents === asked ? earned : { ...earned, amountCents: splitByLargestRemainder(cents, earned.amountCents) };
  const granted = grantAward(budgets, programme, given, now);
  if (!granted.ok)
    return granted.failure.code === "budget-short" ? err(granted.failure) : err({ code: "budget-exhausted" });
  if (request.budget === undefined) return granted;
  // What waits counts in the budget at once.
  const used = granted.value.reserved === undefined ? granted.value.cents : cents;
  return ok({ ...granted.value, uses: [...granted.value.uses, { key: request.budget.key, cents: used }] });
}

function grantWaiting(
  programme: CompiledProgramme,
  earned: EarnPart,
  budgets: BudgetSession | undefined,
): Result<Granted, CheckoutFailure | BudgetShort> {
  const covered = drawCovers(budgets, programme, earned, true);
  if (!covered.ok) return covered;
  const { amountCents, cents, uses } = covered.value;
  return cents === 0 ? err({ code: "budget-exhausted" }) : ok({ earned: { ...earned, amountCents }, cents, uses });
}

function withinBudget(
  { budget }: RewardRequest,
  askedCents: number,
  budgets: BudgetSession | undefined,
): Result<number, CheckoutFailure | BudgetShort> {
  if (budget === undefined || budgets === undefined) return ok(askedCents);
  const { key, limitCents, short } = budget;
  const left = budgets.left(key);
  if (left >= askedCents) return ok(askedCents);
  if (budgets.canLease(key)) {
    return err({ code: "budget-short", wants: [{ key, limitCents, wantCents: askedCents }] });
  }
  return left === 0 || short === "refuse" ? err({ code: "budget-exhausted" }) : ok(left);
}
