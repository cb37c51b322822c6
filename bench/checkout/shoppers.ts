import type { Checkout, ReceiptRequest } from "#flows/checkout/index.ts";
import { createLatencies, type Latencies } from "../lib/latencies.ts";
import { cardOf } from "./members.ts";
import { createShopping, type Receipt, type ShoppingOptions, type Visit } from "./shopping.ts";

type Answered = {
  readonly receipt: Receipt;
  readonly request: ReceiptRequest;
  readonly receiptId: string;
  readonly body: unknown;
};

export type InProcessShare = {
  readonly requests: number;
  /** New receipts accepted: neither returns nor retries count. */
  readonly receipts: number;
  readonly latencies: Latencies;
  /** How requests ended, by name. */
  readonly outcomes: Readonly<Record<string, number>>;
};

export type Shoppers = { reset(): void; read(): InProcessShare; stop(): Promise<void> };

export type ShoppersOptions = {
  readonly checkout: Checkout;
  readonly connections: number;
  readonly shopping: ShoppingOptions;
};

const PRINCIPAL = { keyId: "bench", role: "till", partner: "alfa" } as const;

/** As many tills as connections, each with one request under way, all in this process. */
export function startShoppers({ checkout, connections, shopping: options }: ShoppersOptions): Shoppers {
  const shopping = createShopping<Answered>(options);
  const latencies = createLatencies();
  let outcomes: Record<string, number> = {};
  let requests = 0;
  let receipts = 0;
  let isStopped = false;

  const send = async (visit: Visit<Answered>): Promise<string> => {
    if (visit.kind === "return") {
      const { of, store, till, number, line } = visit;
      const amountKopecks = line === "all" ? 0 : (of.receipt.basket.lines[line]?.amountKopecks as number);
      const returned = { receiptId: of.receiptId, store, till, number, at: Date.now(), refund: "money" } as const;
      const outcome = await checkout.returnReceipt(
        { ...returned, lines: line === "all" ? "all" : [{ line, amountKopecks }] },
        PRINCIPAL,
      );
      return outcome.ok ? "return" : `return ${outcome.failure.code}`;
    }
    if (visit.kind === "retry") {
      const outcome = await checkout.postReceipt(visit.of.request, PRINCIPAL);
      if (!outcome.ok) return `retry ${outcome.failure.code}`;
      const isSame = outcome.value.replayed && JSON.stringify(outcome.value.body) === JSON.stringify(visit.of.body);
      return isSame ? "retry" : "retry with another answer";
    }
    const request = requestOf(visit);
    const outcome = await checkout.postReceipt(request, PRINCIPAL);
    if (!outcome.ok) return `receipt ${outcome.failure.code}`;
    receipts++;
    const { body } = outcome.value;
    shopping.answered({ receipt: visit, request, receiptId: body.receiptId, body });
    return visit.spendCents > 0 ? "receipt with spend" : "receipt";
  };

  const till = async (): Promise<void> => {
    while (!isStopped) {
      const startedAt = performance.now();
      const ended = await send(shopping.next());
      latencies.add(performance.now() - startedAt);
      requests++;
      outcomes[ended] = (outcomes[ended] ?? 0) + 1;
    }
  };
  const tills = Array.from({ length: connections }, till);

  return {
    reset: () => {
      latencies.reset();
      outcomes = {};
      requests = 0;
      receipts = 0;
    },
    read: () => ({ requests, receipts, latencies, outcomes: { ...outcomes } }),
    stop: async () => {
      isStopped = true;
      await Promise.all(tills);
    },
  };
}

function requestOf(visit: Receipt): ReceiptRequest {
  return {
    receipt: {
      partner: "alfa",
      store: visit.store,
      till: visit.till,
      number: visit.number,
      at: Date.now(),
      lines: visit.basket.lines,
      deliveryFeeKopecks: 0,
      tenders: [],
      spendCents: visit.spendCents,
    },
    member: { by: "identifier", kind: "card", value: cardOf(visit.member) },
  };
}
