import type { Kopecks } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

/**
 * What became of a payment at the provider. `pending` is settled later: by a message from the provider, or when it is
 * asked again. `mayRetry`: the card may do another time (no money), or never will (closed).
 */
export type PaymentOutcome =
  | { readonly state: "succeeded"; readonly reference: string }
  | { readonly state: "declined"; readonly reference: string; readonly decline: string; readonly mayRetry: boolean }
  | { readonly state: "pending"; readonly reference: string };

export type PaymentOrder = {
  /** Ours, one a payment: asked twice with it, the provider pays once and answers the same. */
  readonly key: string;
  readonly amountKopecks: Kopecks;
  /** Names a card at the provider; card numbers never come here. */
  readonly token: string;
  readonly createdAt: EpochMs;
  /** How often the same period was tried before. */
  readonly attempt: number;
};

export type RefundOrder = Omit<PaymentOrder, "attempt"> & { readonly chargeReference: string };

/**
 * A payment provider. Both calls are idempotent by key and may throw when it can't be reached: then nothing is known, and
 * the same order is sent again.
 */
export type PaymentProvider = {
  readonly name: string;
  charge(order: PaymentOrder): Promise<PaymentOutcome>;
  refund(order: RefundOrder): Promise<PaymentOutcome>;
};
