import type { GuardBatch, GuardNote } from "#domains/guards/index.ts";
import type { IdentifierKey } from "#domains/identity/index.ts";
import type { AnonymousReceipt, Draft, ReturnedState, StoredOperation } from "#domains/ledger/index.ts";
import type { BudgetSession, BudgetUse } from "#domains/limits/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CheckoutFailure } from "./answers.ts";
import type { BudgetShort } from "./budgets.ts";
import type { RequestKey } from "./keys.ts";

/** Whose wallet a request changes. */
export type Subject =
  | { readonly by: "member"; readonly member: MemberId }
  | { readonly by: "identifier"; readonly key: IdentifierKey }
  | { readonly by: "nobody" };

/** What a return reads besides the open lots: lots by their operations, and what has been returned of the purchase. */
export type Extras = { readonly purchaseSeq: number; readonly lotSeqs: readonly number[] };

/** What was posted for a request, now or when it first came. */
export type Posted = {
  readonly replayed: boolean;
  /** Absent for a receipt without a member. */
  readonly operation?: StoredOperation;
  readonly anonymousBody?: unknown;
};

/** `budgetUse`: what it takes of budgets. `guard`: what the guards keep of it. `budget-short`: it waits for a lease and is decided again; nobody is told. */
export type Decision = Result<
  { readonly body: unknown; readonly budgetUse?: readonly BudgetUse[]; readonly guard?: GuardNote },
  CheckoutFailure | BudgetShort
>;

/**
 * One request on its way through a batch. `decide` is pure: it changes the draft and nothing else. `shift` is added to a
 * number that the request names when the member was merged: the draft is its survivor's.
 */
export type Task = {
  readonly key: RequestKey;
  /** When the request came: what is due by then is booked, and it is posted at this time, whatever else is in its batch. */
  readonly now: EpochMs;
  readonly subject: Subject;
  /** Whether an unknown identifier makes a new, anonymous member. */
  readonly mayCreateMember: boolean;
  readonly extras?: Extras;
  readonly decide: (
    draft: Draft,
    returned: ReturnedState | undefined,
    shift: number,
    budgets: BudgetSession | undefined,
    guards: GuardBatch | undefined,
  ) => Decision;
  readonly decideAnonymous?: (now: EpochMs) => Result<AnonymousReceipt, CheckoutFailure>;
  readonly receiptId?: string;
  readonly settle: (outcome: Result<Posted, CheckoutFailure>) => void;
  readonly fail: (error: unknown) => void;
};
