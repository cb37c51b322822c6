import type { OperationFacts } from "#domains/ledger/index.ts";
import type { EpochMs } from "#kernel/time.ts";

/** What should hold of something won. `expiresAt` where it was fixed when it was won. */
export type Desired =
  | { readonly kind: "points"; readonly cents: number; readonly expiresAt?: EpochMs }
  | { readonly kind: "boost"; readonly key: string; readonly from: EpochMs; readonly until: EpochMs | null };

/** What an operation has given of it: points, or the time of a boost. */
export type Given = {
  readonly seq: number;
  readonly cents?: number;
  readonly key?: string;
  readonly from?: EpochMs;
  readonly until?: EpochMs | null;
};

/** Whether what is given differs from what should hold. Points once given stay, whatever else changes. */
export function isRewardDue(desired: Desired | undefined, given: Given | undefined): boolean {
  if (desired === undefined) return given !== undefined;
  if (given === undefined) return true;
  return desired.kind === "boost" && (given.from !== desired.from || (given.until ?? null) !== desired.until);
}

export type RewardOperation = {
  readonly seq: number;
  readonly kind: string;
  readonly facts: Pick<OperationFacts, "traits"> | null | undefined;
  readonly body: unknown;
};

/**
 * What a reward's operation has given, told by itself: one from before a crash may have given what was desired then, and is
 * answered under the same key. Undefined when it took back. `seq` is of the stream that the operation stands in.
 */
export function givenBy({ seq, kind, facts, body }: RewardOperation): Given | undefined {
  if (kind === "award") return { seq, cents: (body as { readonly cents: number }).cents };
  // One that ends where it began is a boost that was moved or taken back: it holds at no time.
  const begun = (facts?.traits ?? []).find(
    ([trait, , from, until]) => trait === "boost" && (until === null || until > from),
  );
  if (begun === undefined) return undefined;
  const [, key, from, until] = begun;
  return { seq, key, from, until };
}
