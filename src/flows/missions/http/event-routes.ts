import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { REFUSED_RECEIPT_FIELDS, toMemberRef } from "#flows/checkout/http/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant, parseInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { badTime, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure, FieldFault } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import type { EventLog } from "../events/event-log.ts";
import type { EventRequest } from "../events/requests.ts";
import {
  EVENT_ANSWER_EXAMPLE,
  EVENT_EXAMPLE,
  EventAnswerSchema,
  type EventJson,
  EventSchema,
  StoredEventSchema,
} from "./event-schemas.ts";

export const EVENT_REFUSALS = [
  "no-programme",
  "forbidden-partner",
  "unknown-partner",
  "unknown-member",
  "event-in-future",
  "idempotency-conflict",
  "overloaded",
] as const;

export const eventOperations = {
  createEvent: operation({
    operationId: "createEvent",
    tag: "Missions",
    summary: "Tell what happened to a member: a card issued, a number moved, a policy bought",
    description:
      "Partner and id make the key: the same event may come again at any time, late and in any order, and missions end where they would have ended in order.",
    body: EventSchema,
    status: 201,
    answer: EventAnswerSchema,
    problems: EVENT_REFUSALS,
    isRepeatable: true,
    example: { body: EVENT_EXAMPLE, answer: EVENT_ANSWER_EXAMPLE },
  }),
  getEvent: operation({
    operationId: "getEvent",
    tag: "Missions",
    summary: "Read an event as it was taken",
    params: Type.Object({ partner: Type.String(), eventId: Type.String({ description: "The partner's own id." }) }),
    status: 200,
    answer: StoredEventSchema,
    problems: ["unknown-event"],
    example: {
      answer: { ...EVENT_ANSWER_EXAMPLE, data: EVENT_EXAMPLE.data, receivedAt: "2026-03-05T09:30:01.000Z" },
    },
  }),
};

export type EventHttpDeps = { readonly events: EventLog; readonly problems: ProblemRegistry };

export function eventRoutes({ events, problems }: EventHttpDeps): (app: App) => void {
  return (app) => {
    app.post("/v1/events", { schema: eventOperations.createEvent }, async (request, reply) => {
      const mapped = toEventRequest(request.body as EventJson);
      const outcome = mapped.ok ? await events.post(mapped.value, principalOf(request)) : mapped;
      sendOutcome(problems, request, reply, 201, outcome);
    });
    app.get("/v1/events/:partner/:eventId", { schema: eventOperations.getEvent }, async (request, reply) => {
      const { partner, eventId } = request.params;
      const found = await events.get(partner, eventId, principalOf(request));
      if (!found.ok) return void sendFailure(problems, request, reply, found.failure as Failure);
      const { id, type, member, at, data, receivedAt } = found.value;
      reply.send({
        partner,
        id,
        type,
        member: memberIds.format(member),
        at: formatInstant(at),
        data,
        receivedAt: formatInstant(receivedAt),
      });
    });
  };
}

type MappingFailure =
  | { readonly code: "invalid-request"; readonly faults: readonly FieldFault[] }
  | { readonly code: "unknown-member" };

export function toEventRequest(json: EventJson): Result<EventRequest, MappingFailure> {
  const at = parseInstant(json.at);
  if (at === undefined) return err({ code: "invalid-request", faults: [badTime("/at")] });
  const faults = Object.keys(json.data ?? {})
    .filter(isOfAProduct)
    .map(productFault);
  if (faults.length > 0) return err({ code: "invalid-request", faults });
  const member = toMemberRef(json.member);
  if (member === "unknown") return err({ code: "unknown-member" });
  const { partner, id, type, data } = json;
  return ok({ partner, id, type, member, at, data: data ?? {} });
}

/** No partner may tell the coalition which product somebody bought. */
function isOfAProduct(name: string): boolean {
  return REFUSED_RECEIPT_FIELDS.names.includes(name.toLowerCase());
}

function productFault(name: string): FieldFault {
  return fault(`/data/${name}`, REFUSED_RECEIPT_FIELDS.code, REFUSED_RECEIPT_FIELDS.message);
}
