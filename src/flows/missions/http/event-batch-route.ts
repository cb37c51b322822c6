import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { App } from "#platform/http/app.ts";
import { NDJSON, type NdjsonLimits } from "#platform/http/ndjson.ts";
import { type NdjsonRouteDeps, ndjsonRoute } from "#platform/http/ndjson-route.ts";
import { operation } from "#platform/http/operation.ts";
import { EVENT_REFUSALS, type EventHttpDeps, toEventRequest } from "./event-routes.ts";
import {
  EVENT_ANSWER_EXAMPLE,
  EVENT_EXAMPLE,
  EventAnswerSchema,
  type EventJson,
  EventSchema,
} from "./event-schemas.ts";

/** Events are small and a file of them is long: more lines in hand than of receipts. */
const LIMITS: NdjsonLimits = { maxLines: 100_000, maxLineBytes: 16_384, maxBytes: 67_108_864, window: 1_024 };
export const eventBatchOperation = operation({
  operationId: "createEventBatch",
  tag: "Missions",
  summary: "Send many events: NDJSON in, an answer per line out",
  description: `One event a line, ${LIMITS.maxLines} lines and ${LIMITS.maxBytes} bytes at most, unpacked; Content-Encoding gzip and zstd are taken. Answers come in the order of the lines; a line that is refused stops no other. The whole batch may be sent again.`,
  body: EventSchema,
  consumes: [NDJSON],
  status: 200,
  answer: Type.Object(
    {
      line: Type.Integer({ description: "Which line this answers, from 1." }),
      status: Type.Integer({ description: "As the line would have got alone." }),
      replayed: Type.Boolean(),
      body: EventAnswerSchema,
    },
    { title: "EventBatchAnswer", description: "`body` is a problem where `status` is 400 or more." },
  ),
  produces: NDJSON,
  problems: EVENT_REFUSALS,
  example: { body: EVENT_EXAMPLE, answer: { line: 1, status: 201, replayed: false, body: EVENT_ANSWER_EXAMPLE } },
});

export type EventBatchDeps = EventHttpDeps & NdjsonRouteDeps;

export function eventBatchRoute(deps: EventBatchDeps): (app: App) => void {
  return ndjsonRoute(deps, {
    path: "/v1/events/batch",
    schema: eventBatchOperation,
    body: EventSchema,
    status: 201,
    limits: LIMITS,
    open: async (request) => {
      const principal = principalOf(request);
      return async (line) => {
        const mapped = toEventRequest(line as EventJson);
        return mapped.ok ? deps.events.post(mapped.value, principal) : mapped;
      };
    },
  });
}
