import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { Answer } from "#flows/checkout/index.ts";
import type { App } from "#platform/http/app.ts";
import { readJson } from "#platform/http/json-body.ts";
import { type Language, languageOf } from "#platform/http/language.ts";
import {
  answerLines,
  NDJSON,
  NDJSON_ENCODINGS,
  type NdjsonEnd,
  type NdjsonLimits,
  unpack,
} from "#platform/http/ndjson.ts";
import { operation } from "#platform/http/operation.ts";
import { type Failure, ProblemError } from "#platform/http/problem.ts";
import { createBodyValidator } from "#platform/http/validation.ts";
import type { Logger } from "#platform/log.ts";
import type { EventBody } from "../events/requests.ts";
import { EVENT_REFUSALS, type EventHttpDeps, toEventRequest } from "./event-routes.ts";
import {
  EVENT_ANSWER_EXAMPLE,
  EVENT_EXAMPLE,
  EventAnswerSchema,
  type EventJson,
  EventSchema,
} from "./event-schemas.ts";

const LIMITS: NdjsonLimits = { maxLines: 100_000, maxLineBytes: 16_384, maxBytes: 67_108_864, window: 1_024 };
/** A line that meets a full queue waits and tries again, up to about 6 s in all. */
const RETRY_WAITS_MS = [50, 100, 200, 400, 800, 1_600, 3_200];

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

export type EventBatchDeps = EventHttpDeps & {
  readonly log: Logger;
  readonly isUnavailable: (error: unknown) => boolean;
};

type Caller = { readonly principal: Principal; readonly language: Language; readonly requestId: string };

const UNKNOWN_ENCODING: Failure = {
  code: "unsupported-media-type",
  accepted: NDJSON_ENCODINGS.map((encoding) => `${NDJSON}; ${encoding}`),
};

export function eventBatchRoute(deps: EventBatchDeps): (app: App) => void {
  const validate = createBodyValidator(EventSchema);
  return (app) => {
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(NDJSON, (request, payload, done) => {
        const body = unpack(payload, request.headers["content-encoding"]);
        if (body === undefined) done(new ProblemError(UNKNOWN_ENCODING));
        else done(null, body);
      });
      scope.post(
        "/v1/events/batch",
        { schema: eventBatchOperation, validatorCompiler: () => () => true },
        (request, reply) => {
          if (request.body === undefined) throw new ProblemError(UNKNOWN_ENCODING);
          const language = languageOf(request.headers["accept-language"]);
          const caller = { principal: principalOf(request), language, requestId: request.id };
          const answers = answerLines(request.body as unknown as Readable, {
            limits: LIMITS,
            answerLine: (line, number) => answerLine(deps, validate, caller, line, number),
            answerEnd: (reason, number) => problemLine(deps, caller, number, endFailure(reason)),
          });
          reply.header("content-type", NDJSON).send(answers);
        },
      );
    });
  };
}

async function answerLine(
  deps: EventBatchDeps,
  validate: ReturnType<typeof createBodyValidator>,
  caller: Caller,
  line: Buffer,
  number: number,
): Promise<string> {
  try {
    const outcome = await postLine(deps, validate, caller.principal, line);
    if ("code" in outcome) return problemLine(deps, caller, number, outcome);
    return JSON.stringify({ line: number, status: 201, replayed: outcome.replayed, body: outcome.body });
  } catch (error) {
    deps.log.error({ requestId: caller.requestId, line: number, err: error }, "a line of a batch failed");
    const failure = deps.isUnavailable(error)
      ? { code: "unavailable", retryAfterSeconds: 1 }
      : { code: "internal-error" };
    return problemLine(deps, caller, number, failure);
  }
}

async function postLine(
  deps: EventBatchDeps,
  validate: ReturnType<typeof createBodyValidator>,
  principal: Principal,
  line: Buffer,
): Promise<Answer<EventBody> | Failure> {
  const parsed = readJson(line);
  if (!parsed.ok) return parsed.failure;
  const faults = validate(parsed.value);
  if (faults.length > 0) return { code: "invalid-request", faults };
  const mapped = toEventRequest(parsed.value as EventJson);
  if (!mapped.ok) return mapped.failure;
  for (let attempt = 0; ; attempt++) {
    const outcome = await deps.events.post(mapped.value, principal);
    if (outcome.ok) return outcome.value;
    const wait = RETRY_WAITS_MS[attempt];
    if (outcome.failure.code !== "overloaded" || wait === undefined) return outcome.failure;
    await sleep(wait);
  }
}

function problemLine(deps: EventBatchDeps, caller: Caller, line: number, failure: Failure): string {
  const { status, json } = deps.problems.render(failure, caller.language, caller.requestId);
  return `{"line":${line},"status":${status},"replayed":false,"body":${json}}`;
}

function endFailure(reason: NdjsonEnd): Failure {
  if (reason === "unreadable") return { code: "bad-request" };
  if (reason === "line-too-long") return { code: "body-too-large", limitBytes: LIMITS.maxLineBytes };
  if (reason === "too-large") return { code: "body-too-large", limitBytes: LIMITS.maxBytes };
  return { code: "too-many-lines", limitLines: LIMITS.maxLines };
}
