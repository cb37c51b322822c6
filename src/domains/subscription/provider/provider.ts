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

export type ChargeOrder = {
  readonly kind: "charge";
  /** Ours, one a payment: asked twice with it, the provider pays once and answers the same. */
  readonly key: string;
  readonly amountKopecks: Kopecks;
  /** Names a card at the provider; card numbers never come here. */
  readonly token: string;
  readonly createdAt: EpochMs;
  /** How often the same period was tried before. */
  readonly attempt: number;
};

/** Money of a charge goes back, all of it or a part. */
export type RefundOrder = Omit<ChargeOrder, "kind" | "attempt"> & {
  readonly kind: "refund";
  /** The provider's own id of the charge. */
  readonly chargeReference: string;
};

export type PaymentOrder = ChargeOrder | RefundOrder;

/** Whether a card will do, before anything is taken from it: a trial that costs nothing, another card for later. */
export type CardCheck = { readonly key: string; readonly token: string };

/**
 * A payment provider. All calls are idempotent by key, an order sent again is the same order, and any may throw when the
 * provider can't be reached or says what can't be understood: then nothing is known, and it is asked again later.
 */
export type PaymentProvider = {
  readonly name: string;
  authorise(check: CardCheck): Promise<PaymentOutcome>;
  charge(order: ChargeOrder): Promise<PaymentOutcome>;
  refund(order: RefundOrder): Promise<PaymentOutcome>;
  /** What became of an order that was sent; undefined where the provider has never heard of it. */
  status(order: PaymentOrder): Promise<PaymentOutcome | undefined>;
  /** Whether a message that says it is the provider's own was signed by it. */
  isOwnMessage(headers: Readonly<Record<string, string | readonly string[] | undefined>>, body: Uint8Array): boolean;
};
