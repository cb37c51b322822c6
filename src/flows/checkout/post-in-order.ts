import type { Result } from "#kernel/result.ts";
import type { ManualClock } from "#platform/clock.ts";
import type { Answer, CheckoutFailure, ReceiptBody } from "./answers.ts";
import type { Checkout } from "./checkout.ts";
import type { Principal, ReceiptRequest } from "./requests.ts";

export type PostedReceipt<T> = {
  readonly source: T;
  readonly outcome: Result<Answer<ReceiptBody>, CheckoutFailure>;
};

/** Requests under way at once: enough to fill two batches, few enough to keep memory flat. */
const IN_FLIGHT = 512;

/**
 * Posts the past: receipts in the order of their own times go through the same pricing and ledger as a till's, with a
 * clock that follows them, so that points become active and expire when they would have. Outcomes are given back in
 * the order of the source.
 */
export async function* postInOrder<T>(
  checkout: Checkout,
  clock: ManualClock,
  principal: Principal,
  receipts: AsyncIterable<{ readonly source: T; readonly request: ReceiptRequest }>,
): AsyncGenerator<PostedReceipt<T>> {
  const underWay: Promise<PostedReceipt<T>>[] = [];
  for await (const { source, request } of receipts) {
    clock.set(Math.max(clock.now(), request.receipt.at));
    const posted = checkout.postReceipt(request, principal).then((outcome) => ({ source, outcome }));
    // A failure is thrown when its turn comes; until then it must not count as unhandled.
    posted.catch(() => {});
    underWay.push(posted);
    if (underWay.length >= IN_FLIGHT) yield await (underWay.shift() as Promise<PostedReceipt<T>>);
  }
  for (const posted of underWay) yield await posted;
}
