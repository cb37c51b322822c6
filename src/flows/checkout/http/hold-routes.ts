import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { err } from "#kernel/result.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { AwardAnswerSchema, HoldAnswerSchema } from "./answer-schemas.ts";
import type { CheckoutHttpDeps } from "./deps.ts";
import {
  AWARD_ANSWER_EXAMPLE,
  AWARD_EXAMPLE,
  CAPTURED_EXAMPLE,
  HOLD_ANSWER_EXAMPLE,
  HOLD_EXAMPLE,
  VOIDED_EXAMPLE,
} from "./examples.ts";
import { toInstant, toMemberRef } from "./receipt-mapping.ts";
import { AwardSchema, CaptureSchema, HoldSchema, IdempotencyHeaders } from "./schemas.ts";

/** A quarter of an hour: long enough for a checkout page, short enough for one that was left. */
const DEFAULT_TTL_SECONDS = 900;

const HoldParams = Type.Object({ holdId: Type.String({ description: "`hold_…`" }) });
const UNKNOWN_MEMBER = err({ code: "unknown-member" });

export const holdOperations = {
  createHold: operation({
    operationId: "createHold",
    tag: "Holds",
    summary: "Set points aside until they are captured, given back, or time out",
    headers: IdempotencyHeaders,
    body: HoldSchema,
    status: 201,
    answer: HoldAnswerSchema,
    problems: [
      "no-programme",
      "forbidden-partner",
      "unknown-member",
      "unknown-partner",
      "insufficient-points",
      "spend-not-allowed",
      "hold-too-long",
      "blocked",
      "velocity-exceeded",
      "spending-stopped",
      "idempotency-conflict",
      "overloaded",
    ],
    isRepeatable: true,
    example: { body: HOLD_EXAMPLE, answer: HOLD_ANSWER_EXAMPLE },
  }),
  captureHold: operation({
    operationId: "captureHold",
    tag: "Holds",
    summary: "Spend points of a hold; what is left of it goes back",
    params: HoldParams,
    headers: IdempotencyHeaders,
    body: CaptureSchema,
    status: 200,
    answer: HoldAnswerSchema,
    problems: [
      "unknown-hold",
      "hold-not-open",
      "hold-expired",
      "capture-exceeds-hold",
      "idempotency-conflict",
      "overloaded",
    ],
    isRepeatable: true,
    example: { body: { pointsCents: 42_000 }, answer: CAPTURED_EXAMPLE },
  }),
  voidHold: operation({
    operationId: "voidHold",
    tag: "Holds",
    summary: "Give all points of a hold back",
    params: HoldParams,
    headers: IdempotencyHeaders,
    status: 200,
    answer: HoldAnswerSchema,
    problems: ["unknown-hold", "hold-not-open", "idempotency-conflict", "overloaded"],
    isRepeatable: true,
    example: { answer: VOIDED_EXAMPLE },
  }),
  createAward: operation({
    operationId: "createAward",
    tag: "Awards",
    summary: "Give points with a reason: a compensation by a seller or the operator",
    headers: IdempotencyHeaders,
    body: AwardSchema,
    status: 201,
    answer: AwardAnswerSchema,
    problems: [
      "no-programme",
      "forbidden-partner",
      "unknown-member",
      "unknown-partner",
      "expiry-in-past",
      "funder-exhausted",
      "blocked",
      "earning-stopped",
      "idempotency-conflict",
      "overloaded",
    ],
    isRepeatable: true,
    example: { body: AWARD_EXAMPLE, answer: AWARD_ANSWER_EXAMPLE },
  }),
};

/** Holds with their ends, and awards. */
export function holdRoutes(deps: CheckoutHttpDeps): (app: App) => void {
  const { checkout, problems } = deps;
  return (app) => {
    app.post("/v1/holds", { schema: holdOperations.createHold }, async (request, reply) => {
      const { partner, pointsCents, ttlSeconds = DEFAULT_TTL_SECONDS, reference, ...body } = request.body;
      const idempotencyKey = request.headers["idempotency-key"];
      const member = toMemberRef(body.member);
      const hold = {
        idempotencyKey,
        partner,
        pointsCents,
        ttlSeconds,
        ...(reference === undefined ? {} : { reference }),
      };
      const outcome =
        member === "unknown" ? UNKNOWN_MEMBER : await checkout.placeHold({ ...hold, member }, principalOf(request));
      sendOutcome(problems, request, reply, 201, outcome);
    });
    app.post("/v1/holds/:holdId/capture", { schema: holdOperations.captureHold }, async (request, reply) => {
      const { holdId } = request.params;
      const idempotencyKey = request.headers["idempotency-key"];
      const { pointsCents } = request.body;
      const outcome = await checkout.captureHold({ idempotencyKey, holdId, pointsCents }, principalOf(request));
      sendOutcome(problems, request, reply, 200, outcome);
    });
    app.post("/v1/holds/:holdId/void", { schema: holdOperations.voidHold }, async (request, reply) => {
      const { holdId } = request.params;
      const idempotencyKey = request.headers["idempotency-key"];
      const outcome = await checkout.voidHold({ idempotencyKey, holdId }, principalOf(request));
      sendOutcome(problems, request, reply, 200, outcome);
    });
    app.post("/v1/awards", { schema: holdOperations.createAward }, async (request, reply) => {
      const { pointsCents, funder, reason, ...body } = request.body;
      const member = toMemberRef(body.member);
      const expiresAt = toInstant(body.expiresAt, "/expiresAt");
      if (member === "unknown") return sendOutcome(problems, request, reply, 201, UNKNOWN_MEMBER);
      if (!expiresAt.ok) return sendOutcome(problems, request, reply, 201, expiresAt);
      const outcome = await checkout.award(
        {
          idempotencyKey: request.headers["idempotency-key"],
          member,
          pointsCents,
          funder,
          reason,
          ...(expiresAt.value === undefined ? {} : { expiresAt: expiresAt.value }),
        },
        principalOf(request),
      );
      sendOutcome(problems, request, reply, 201, outcome);
    });
  };
}
