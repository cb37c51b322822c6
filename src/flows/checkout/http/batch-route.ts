import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
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
import type { Answer, ReceiptBody } from "../answers.ts";
import type { Principal } from "../requests.ts";
import { ReceiptAnswerSchema } from "./answer-schemas.ts";
import { askerOf } from "./asker.ts";
import type { CheckoutHttpDeps } from "./deps.ts";
import { RECEIPT_ANSWER_EXAMPLE, RECEIPT_EXAMPLE } from "./examples.ts";
import { toReceiptRequest } from "./receipt-mapping.ts";
import { RECEIPT_PROBLEMS } from "./receipt-routes.ts";
import { type ReceiptJson, ReceiptSchema } from "./schemas.ts";

/** A day of a busy till, with room: 10,000 receipts. */
const LIMITS: NdjsonLimits = { maxLines: 10_000, maxLineBytes: 262_144, maxBytes: 33_554_432, window: 128 };
/** A line that meets a full queue waits and tries again, up to about 12 s in all; the till need not. */
const RETRY_WAITS_MS = [100, 200, 400, 800, 1_600, 3_200, 6_400];

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

export type BatchDeps = CheckoutHttpDeps & { readonly log: Logger };

type Caller = { readonly principal: Principal; readonly language: Language; readonly requestId: string };

export function batchRoute(deps: BatchDeps): (app: App) => void {
  const validate = createBodyValidator(ReceiptSchema);
  return (app) => {
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(NDJSON, (request, payload, done) => {
        const { "content-length": length, "content-encoding": encoding } = request.headers;
        if (Number(length) > LIMITS.maxBytes) return done(tooLarge());
        const body = unpack(payload, encoding);
        if (body === undefined) done(new ProblemError(UNKNOWN_ENCODING));
        else done(null, body);
      });
      scope.post(
        "/v1/receipts/batch",
        { schema: batchOperation, validatorCompiler: () => () => true },
        (request, reply) => {
          const caller = callerOf(request);
          if (request.body === undefined) throw new ProblemError(UNKNOWN_ENCODING);
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

const UNKNOWN_ENCODING: Failure = {
  code: "unsupported-media-type",
  accepted: NDJSON_ENCODINGS.map((encoding) => `${NDJSON}; ${encoding}`),
};

function callerOf(request: FastifyRequest): Caller {
  const language = languageOf(request.headers["accept-language"]);
  return { principal: askerOf(request), language, requestId: request.id };
}

async function answerLine(
  deps: BatchDeps,
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
  deps: BatchDeps,
  validate: ReturnType<typeof createBodyValidator>,
  principal: Principal,
  line: Buffer,
): Promise<Answer<ReceiptBody> | Failure> {
  const parsed = readJson(line);
  if (!parsed.ok) return parsed.failure;
  const faults = validate(parsed.value);
  if (faults.length > 0) return { code: "invalid-request", faults };
  const mapped = toReceiptRequest(parsed.value as ReceiptJson, deps.kopecksPerPoint());
  if (!mapped.ok) return mapped.failure;
  for (let attempt = 0; ; attempt++) {
    const outcome = await deps.checkout.postReceipt(mapped.value, principal);
    if (outcome.ok) return outcome.value;
    const wait = RETRY_WAITS_MS[attempt];
    if (outcome.failure.code !== "overloaded" || wait === undefined) return outcome.failure;
    await sleep(wait);
  }
}

function problemLine(deps: BatchDeps, caller: Caller, line: number, failure: Failure): string {
  const { status, json } = deps.problems.render(failure, caller.language, caller.requestId);
  return `{"line":${line},"status":${status},"replayed":false,"body":${json}}`;
}

function endFailure(reason: NdjsonEnd): Failure {
  if (reason === "unreadable") return { code: "bad-request" };
  if (reason === "line-too-long") return { code: "body-too-large", limitBytes: LIMITS.maxLineBytes };
  if (reason === "too-large") return { code: "body-too-large", limitBytes: LIMITS.maxBytes };
  return { code: "too-many-lines", limitLines: LIMITS.maxLines };
}

function tooLarge(): ProblemError {
  return new ProblemError({ code: "body-too-large", limitBytes: LIMITS.maxBytes });
}
