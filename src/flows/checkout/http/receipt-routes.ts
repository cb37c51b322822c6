import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { QuoteAnswerSchema, ReceiptAnswerSchema, ReturnAnswerSchema, StoredReceiptSchema } from "./answer-schemas.ts";
import { askerOf } from "./asker.ts";
import type { CheckoutHttpDeps } from "./deps.ts";
import {
  QUOTE_ANSWER_EXAMPLE,
  RECEIPT_ANSWER_EXAMPLE,
  RECEIPT_EXAMPLE,
  RETURN_ANSWER_EXAMPLE,
  RETURN_EXAMPLE,
  STORED_RECEIPT_EXAMPLE,
} from "./examples.ts";
import { toReceiptRequest, toReturnRequest } from "./receipt-mapping.ts";
import { ReceiptSchema, ReturnSchema } from "./schemas.ts";

const PRICING_PROBLEMS = [
  "no-programme",
  "forbidden-partner",
  "unknown-member",
  "unknown-hold",
  "unknown-partner",
  "unknown-store",
  "unknown-category",
  "tenders-differ",
  "points-tender-differs",
  "insufficient-points",
  "spend-not-allowed",
  "spend-over-limit",
  "spend-needs-hold",
  "spend-without-member",
  "receipt-too-late",
  "receipt-in-future",
  "blocked",
  "velocity-exceeded",
  "spending-stopped",
] as const;

/** What a receipt may be refused for; the batch refuses line by line for the same. */
export const RECEIPT_PROBLEMS = [
  ...PRICING_PROBLEMS,
  "hold-not-open",
  "hold-expired",
  "capture-exceeds-hold",
  "idempotency-conflict",
  "overloaded",
] as const;

const ReceiptParams = Type.Object({ receiptId: Type.String({ description: "`rcp_…`" }) });

export const receiptOperations = {
  createReceipt: operation({
    operationId: "createReceipt",
    tag: "Receipts",
    summary: "Send a receipt: it earns, and spends when asked",
    description:
      "The receipt's key is partner, store, till, number and business day: the same receipt may be sent again at any time and gets the same answer. Without a member it is kept for the share of turnover.",
    body: ReceiptSchema,
    status: 201,
    answer: ReceiptAnswerSchema,
    problems: RECEIPT_PROBLEMS,
    isRepeatable: true,
    example: { body: RECEIPT_EXAMPLE, answer: RECEIPT_ANSWER_EXAMPLE },
  }),
  createQuote: operation({
    operationId: "createQuote",
    tag: "Receipts",
    summary: "Ask what a receipt would earn, and how many points could be spent on it",
    description: "Takes the body of a receipt; nothing is written.",
    body: ReceiptSchema,
    status: 200,
    answer: QuoteAnswerSchema,
    problems: PRICING_PROBLEMS,
    example: { body: RECEIPT_EXAMPLE, answer: QUOTE_ANSWER_EXAMPLE },
  }),
  getReceipt: operation({
    operationId: "getReceipt",
    tag: "Receipts",
    summary: "Read a receipt with what each line earned, was paid with and had returned",
    params: ReceiptParams,
    status: 200,
    answer: StoredReceiptSchema,
    problems: ["unknown-receipt"],
    example: { answer: STORED_RECEIPT_EXAMPLE },
  }),
  createReturn: operation({
    operationId: "createReturn",
    tag: "Receipts",
    summary: "Return lines of a receipt, or all that is left of it",
    description:
      "Takes back what the lines earned, gives back the points they were paid with. The return has a key of its own: store, till, number and business day.",
    params: ReceiptParams,
    body: ReturnSchema,
    status: 201,
    answer: ReturnAnswerSchema,
    problems: [
      "unknown-receipt",
      "unknown-line",
      "return-exceeds-purchase",
      "funder-exhausted",
      "return-before-purchase",
      "receipt-too-late",
      "receipt-in-future",
      "idempotency-conflict",
      "overloaded",
    ],
    isRepeatable: true,
    example: { body: RETURN_EXAMPLE, answer: RETURN_ANSWER_EXAMPLE },
  }),
};

/** Receipts, quotes, returns. */
export function receiptRoutes(deps: CheckoutHttpDeps): (app: App) => void {
  const { checkout, problems } = deps;
  return (app) => {
    app.post("/v1/receipts", { schema: receiptOperations.createReceipt }, async (request, reply) => {
      const mapped = toReceiptRequest(request.body, deps.kopecksPerPoint());
      const outcome = mapped.ok ? await checkout.postReceipt(mapped.value, askerOf(request)) : mapped;
      sendOutcome(problems, request, reply, 201, outcome);
    });
    app.post("/v1/quotes", { schema: receiptOperations.createQuote }, async (request, reply) => {
      const mapped = toReceiptRequest(request.body, deps.kopecksPerPoint());
      const outcome = mapped.ok ? await checkout.quote(mapped.value, askerOf(request)) : mapped;
      sendOutcome(problems, request, reply, 200, outcome);
    });
    app.get("/v1/receipts/:receiptId", { schema: receiptOperations.getReceipt }, async (request, reply) => {
      const outcome = await checkout.getReceipt(request.params.receiptId, askerOf(request));
      sendOutcome(problems, request, reply, 200, outcome);
    });
    app.post("/v1/receipts/:receiptId/returns", { schema: receiptOperations.createReturn }, async (request, reply) => {
      const mapped = toReturnRequest(request.params.receiptId, request.body);
      const outcome = mapped.ok ? await checkout.returnReceipt(mapped.value, principalOf(request)) : mapped;
      sendOutcome(problems, request, reply, 201, outcome);
    });
  };
}
