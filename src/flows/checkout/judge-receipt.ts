import type { GuardBatch, GuardFacts, Verdict } from "#domains/guards/index.ts";
import type { CompiledProgramme, Priced, Receipt } from "#domains/program/index.ts";
import { ok, type Result } from "#kernel/result.ts";
import type { Environment } from "./environment.ts";
import {
  cashierHash,
  earningStop,
  factsOf,
  type GuardedPlaces,
  type GuardedRequest,
  judgeRequest,
  type ReviewBody,
} from "./guard.ts";
import type { GuardFailure } from "./guard-failure.ts";
import { type PurchaseBody, turnoverOf } from "./receipt-body.ts";
import type { ReceiptRequest } from "./requests.ts";

/** What the guards say of a priced receipt; `told` goes into its body. */
export type Seen = {
  readonly facts?: GuardFacts;
  readonly verdict?: Verdict;
  readonly review?: ReviewBody;
  readonly earnedCents: number;
  readonly told: Pick<PurchaseBody, "review" | "stopped">;
};

/** `spentCents`: what it takes now; a hold that it captures was judged when it was placed. A quote has no batch. */
export function judgePriced(
  { programmes }: Environment,
  receipt: Receipt,
  guarded: GuardedRequest,
  priced: Priced,
  spentCents: number,
  member: number,
  batch?: GuardBatch,
): Result<Seen, GuardFailure> {
  const { earnedCents } = priced;
  const by = earningStop(guarded);
  const stopped = by ? { stopped: by } : {};
  if (!guarded.guards.needs) return ok({ earnedCents, told: stopped });
  const kopecks = turnoverOf(receipt);
  const facts = factsOf(guarded, member, { kind: "purchase", at: receipt.at, kopecks, earnedCents, spentCents });
  const judged = judgeRequest(guarded, batch, facts);
  if (!judged.ok) return judged;
  const verdict = judged.value;
  if (!verdict) return ok({ facts, earnedCents, told: stopped });
  if (verdict.action !== "review" || earnedCents === 0) return ok({ facts, verdict, earnedCents, told: stopped });
  const review = {
    rules: verdict.hits.map(({ rule }) => rule),
    version: programmes.current().version,
    availableAt: priced.earned.map(({ availableAt }) => availableAt),
  };
  return ok({ facts, verdict, review, earnedCents, told: { review, ...stopped } });
}

/** Who and where, for the guards; the channel as conditions see it. */
export function placesOf(programme: CompiledProgramme, { receipt, cashier, device }: ReceiptRequest): GuardedPlaces {
  const { partner, store, till } = receipt;
  const channel = receipt.channel ?? programme.stores.get(store)?.channel ?? "store";
  const paymentToken = receipt.tenders.find(({ token }) => token !== undefined)?.token;
  return { partner, store, till, channel, cashier, device, paymentToken };
}

/** A cashier is a person: stored as a keyed hash, so that analysts can tell one from another. */
export function storedCashier({ subjectKey }: Environment, { receipt, cashier }: ReceiptRequest): string | undefined {
  if (cashier === undefined) return undefined;
  return Buffer.from(cashierHash(subjectKey, receipt.partner, cashier)).toString("hex");
}
