import { Type } from "typebox";
import type { App } from "#platform/http/app.ts";
import { NDJSON, type NdjsonLimits } from "#platform/http/ndjson.ts";
import { type NdjsonRouteDeps, ndjsonRoute } from "#platform/http/ndjson-route.ts";
import { operation } from "#platform/http/operation.ts";
import { ReceiptAnswerSchema } from "./answer-schemas.ts";
import { askerOf } from "./asker.ts";
import type { CheckoutHttpDeps } from "./deps.ts";
import { RECEIPT_ANSWER_EXAMPLE, RECEIPT_EXAMPLE } from "./examples.ts";
import { toReceiptRequest } from "./receipt-mapping.ts";
import { RECEIPT_PROBLEMS } from "./receipt-routes.ts";
import { type ReceiptJson, ReceiptSchema } from "./schemas.ts";

/** A day of a busy till, with room: 10,000 receipts. */
const LIMITS: NdjsonLimits = { maxLines: 10_000, maxLineBytes: 262_144, maxBytes: 33_554_432, window: 128 };
const AnswerLineSchema = Type.Object(
  {
    line: Type.Integer({ description: "Which line this answers, from 1." }),
    status: Type.Integer({ description: "As the line would have got alone." }),
    replayed: Type.Boolean({ description: "Whether it was done before." }),
    body: ReceiptAnswerSchema,
  },
  { title: "BatchAnswer", description: "`body` is a problem where `status` is 400 or more." },
);

export const batchOperation = operation({
  operationId: "createReceiptBatch",
  tag: "Receipts",
  summary: "Send receipts of a till that was offline: NDJSON in, an answer per line out",
  description: `One receipt a line, ${LIMITS.maxLines} lines, ${LIMITS.maxLineBytes} bytes a line and ${LIMITS.maxBytes} bytes at most, unpacked; Content-Encoding gzip and zstd are taken. Answers come in the order of the lines. A line that is refused stops no other. The whole batch may be sent again.`,
  body: ReceiptSchema,
  consumes: [NDJSON],
  status: 200,
  answer: AnswerLineSchema,
  produces: NDJSON,
  problems: RECEIPT_PROBLEMS,
  example: {
    body: RECEIPT_EXAMPLE,
    answer: { line: 1, status: 201, replayed: false, body: RECEIPT_ANSWER_EXAMPLE },
  },
});

export type BatchDeps = CheckoutHttpDeps & NdjsonRouteDeps;

export function batchRoute(deps: BatchDeps): (app: App) => void {
  return ndjsonRoute(deps, {
    path: "/v1/receipts/batch",
    schema: batchOperation,
    body: ReceiptSchema,
    status: 201,
    limits: LIMITS,
    open: async (request) => {
      const principal = askerOf(request);
      return async (line) => {
        const mapped = toReceiptRequest(line as ReceiptJson, deps.kopecksPerPoint());
        return mapped.ok ? deps.checkout.postReceipt(mapped.value, principal) : mapped;
      };
    },
  });
}
