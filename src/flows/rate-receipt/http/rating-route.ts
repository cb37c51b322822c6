import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { duplicateLines } from "#flows/checkout/http/index.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { type Failure, problemKind } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { type RateDeps, rateReceipt } from "../rate-receipt.ts";

export const RATING_PROBLEMS = {
  "rating-needs-member": problemKind({
    status: 422,
    title: { ru: "У чека нет участника", en: "The receipt has no member" },
    detail: {
      ru: () => "Оценивают чеки, показанные с картой.",
      en: () => "Receipts that were shown with a card can be rated.",
    },
    remedy: { ru: "Этот чек оценить нельзя.", en: "This receipt can't be rated." },
    details: Type.Object({}),
    example: {},
  }),
};

const Lines = Type.Array(
  Type.Object(
    {
      line: Type.Integer({ minimum: 0, maximum: 499, description: "Index in the receipt, from 0." }),
      stars: Type.Integer({ minimum: 1, maximum: 5 }),
    },
    { additionalProperties: false, title: "LineRating" },
  ),
  { minItems: 1, maxItems: 500 },
);

export const ratingOperation = operation({
  operationId: "rateReceipt",
  tag: "Receipts",
  summary: "Rate lines of a receipt on behalf of its member",
  description: "Replaces the rating given before. Lines that are not named are not rated.",
  params: Type.Object({ receiptId: Type.String({ description: "`rcp_…`" }) }),
  body: Type.Object({ lines: Lines }, { additionalProperties: false, title: "Rating" }),
  status: 200,
  answer: Type.Object(
    { receiptId: Type.String(), lines: Lines, ratedAt: Type.String({ format: "date-time" }) },
    { title: "StoredRating" },
  ),
  problems: ["unknown-receipt", "unknown-line", "rating-needs-member"],
  example: {
    body: { lines: [{ line: 0, stars: 5 }] },
    answer: {
      receiptId: "rcp_5m2vq8z0c4t7x1nrhw9kd3efag",
      lines: [{ line: 0, stars: 5 }],
      ratedAt: "2026-03-05T18:00:00.000Z",
    },
  },
});

export function ratingRoute(deps: RateDeps & { readonly problems: ProblemRegistry }): (app: App) => void {
  return (app) => {
    app.put("/v1/receipts/:receiptId/rating", { schema: ratingOperation }, async (request, reply) => {
      const { lines } = request.body;
      const faults = duplicateLines(lines);
      if (faults.length > 0) throw refuseFields(faults);
      const rated = await rateReceipt(deps, { receiptId: request.params.receiptId, lines }, principalOf(request));
      if (!rated.ok) return void sendFailure(deps.problems, request, reply, rated.failure as Failure);
      reply.send({ ...rated.value, lines, ratedAt: formatInstant(rated.value.ratedAt) });
    });
  };
}
