import { createHash } from "node:crypto";
import { MINUTE_MS } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import type { ChargeOrder, PaymentOutcome, PaymentProvider, RefundOrder } from "./provider.ts";

/** How long `tok_slow` takes. */
export const SANDBOX_SLOW_MS = 5 * MINUTE_MS;

/**
 * A provider for development and tests that moves no money. What it answers follows from the token, the order and the
 * clock alone, so an order sent again is answered the same:
 * `tok_ok` pays; `tok_no_money` declines and may be tried again; `tok_closed` declines for good, and no card check lets it by; `tok_retry_N` (0 to 9)
 * pays at the try after N declined ones; `tok_first_N` pays the first N payments of a subscription and then has no money;
 * `tok_slow` pays after five minutes; `tok_waits` stays pending until a message settles it; `tok_down` can't be reached
 * for five minutes, then pays. Any other token pays.
 */
export function createSandbox(clock: Clock): PaymentProvider {
  const charge = async (order: ChargeOrder) => chargeOutcome(order, clock.now());
  const refund = async (order: RefundOrder) => refundOutcome(order, clock.now());
  return {
    name: "sandbox",
    authorise: async ({ key, token }) => {
      if (token === "tok_down") throw new Error("the sandbox is down");
      return token === "tok_closed" ? closed(referenceOf(key)) : { state: "succeeded", reference: referenceOf(key) };
    },
    charge,
    refund,
    status: (order) => (order.kind === "charge" ? charge(order) : refund(order)),
    isOwnMessage: () => false,
  };
}

function refundOutcome({ key, token, createdAt }: RefundOrder, now: number): PaymentOutcome {
  if (token === "tok_down" && now < createdAt + SANDBOX_SLOW_MS) throw new Error("the sandbox is down");
  return { state: "succeeded", reference: referenceOf(key) };
}

function closed(reference: string): PaymentOutcome {
  return { state: "declined", reference, decline: "card-closed", mayRetry: false };
}

function chargeOutcome({ key, token, createdAt, attempt }: ChargeOrder, now: number): PaymentOutcome {
  const reference = referenceOf(key);
  const isLate = now >= createdAt + SANDBOX_SLOW_MS;
  const noMoney = { state: "declined", reference, decline: "no-money", mayRetry: true } as const;
  const payment = Number(key.split(".").at(-1));
  if (token === "tok_no_money") return noMoney;
  if (token === "tok_closed") return closed(reference);
  const retries = /^tok_retry_(\d)$/.exec(token);
  if (retries) return attempt < Number(retries[1]) ? noMoney : { state: "succeeded", reference };
  const first = /^tok_first_(\d)$/.exec(token);
  if (first) return payment > Number(first[1]) ? noMoney : { state: "succeeded", reference };
  if (token === "tok_slow") return isLate ? { state: "succeeded", reference } : { state: "pending", reference };
  if (token === "tok_waits") return { state: "pending", reference };
  if (token === "tok_down" && !isLate) throw new Error("the sandbox is down");
  return { state: "succeeded", reference };
}

function referenceOf(key: string): string {
  return `sbx_${createHash("sha256").update(key).digest("hex").slice(0, 20)}`;
}
