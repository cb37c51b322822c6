import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import type { Result } from "#kernel/result.ts";
import type { Logger } from "#platform/log.ts";
import type { Repeatable } from "./answer.ts";
import type { App } from "./app.ts";
import { readJson } from "./json-body.ts";
import { type Language, languageOf } from "./language.ts";
import { answerLines, NDJSON, NDJSON_ENCODINGS, type NdjsonEnd, type NdjsonLimits, unpack } from "./ndjson.ts";
import { type Failure, ProblemError } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";
import { createBodyValidator } from "./validation.ts";

export const NDJSON_LIMITS: NdjsonLimits = {
  maxLines: 100_000,
  maxLineBytes: 16_384,
  maxBytes: 67_108_864,
  window: 256,
};

/** A line that meets a full queue waits and tries again, up to about 13 s in all; who sends the batch need not. */
const RETRY_WAITS_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

const UNKNOWN_ENCODING: Failure = {
  code: "unsupported-media-type",
  accepted: NDJSON_ENCODINGS.map((encoding) => `${NDJSON}; ${encoding}`),
};

export type NdjsonRouteDeps = {
  readonly problems: ProblemRegistry;
  readonly log: Logger;
  readonly isUnavailable: (error: unknown) => boolean;
};

export type NdjsonRouteSpec = {
  readonly path: string;
  /** Of `operation`: documents the route, and names it for the guard. */
  readonly schema: object;
  readonly body: TSchema;
  /** Status of a line that was taken. */
  readonly status: number;
  readonly limits?: NdjsonLimits;
  /** Prepares the answers of one request, or throws a ProblemError for the whole of it. */
  readonly open: (
    request: FastifyRequest,
  ) => Promise<(line: unknown) => Promise<Result<Repeatable, { readonly code: string }>>>;
};

type Caller = { readonly language: Language; readonly requestId: string };

/** A route that takes NDJSON and answers line by line, in order; a line that is refused stops no other. */
export function ndjsonRoute(deps: NdjsonRouteDeps, spec: NdjsonRouteSpec): (app: App) => void {
  const validate = createBodyValidator(spec.body);
  const limits = spec.limits ?? NDJSON_LIMITS;
  return (app) => {
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(NDJSON, (request, payload, done) => {
        const { "content-length": length, "content-encoding": encoding } = request.headers;
        if (Number(length) > limits.maxBytes) return done(new ProblemError(endFailure("too-large", limits)));
        const body = unpack(payload, encoding);
        if (body === undefined) done(new ProblemError(UNKNOWN_ENCODING));
        else done(null, body);
      });
      scope.post(spec.path, { schema: spec.schema, validatorCompiler: () => () => true }, async (request, reply) => {
        if (request.body === undefined) throw new ProblemError(UNKNOWN_ENCODING);
        const caller = { language: languageOf(request.headers["accept-language"]), requestId: request.id };
        const take = await spec.open(request);
        const answers = answerLines(request.body as unknown as Readable, {
          limits,
          answerLine: (line, number) => answerLine(deps, spec, validate, take, caller, line, number),
          answerEnd: (reason, number) => problemLine(deps, caller, number, endFailure(reason, limits)),
        });
        return reply.header("content-type", NDJSON).send(answers);
      });
    });
  };
}

async function answerLine(
  deps: NdjsonRouteDeps,
  { status }: NdjsonRouteSpec,
  validate: ReturnType<typeof createBodyValidator>,
  take: Awaited<ReturnType<NdjsonRouteSpec["open"]>>,
  caller: Caller,
  line: Buffer,
  number: number,
): Promise<string> {
  try {
    const parsed = readJson(line);
    if (!parsed.ok) return problemLine(deps, caller, number, parsed.failure);
    const faults = validate(parsed.value);
    if (faults.length > 0) return problemLine(deps, caller, number, { code: "invalid-request", faults });
    for (let attempt = 0; ; attempt++) {
      const outcome = await take(parsed.value);
      if (outcome.ok) {
        const { replayed, body } = outcome.value;
        return JSON.stringify({ line: number, status, replayed, body });
      }
      const wait = RETRY_WAITS_MS[attempt];
      if (outcome.failure.code !== "overloaded" || wait === undefined) {
        return problemLine(deps, caller, number, outcome.failure as Failure);
      }
      await sleep(wait);
    }
  } catch (error) {
    deps.log.error({ requestId: caller.requestId, line: number, err: error }, "a line of a batch failed");
    const failure = deps.isUnavailable(error)
      ? { code: "unavailable", retryAfterSeconds: 1 }
      : { code: "internal-error" };
    return problemLine(deps, caller, number, failure);
  }
}

function problemLine(deps: NdjsonRouteDeps, caller: Caller, line: number, failure: Failure): string {
  const { status, json } = deps.problems.render(failure, caller.language, caller.requestId);
  return `{"line":${line},"status":${status},"replayed":false,"body":${json}}`;
}

function endFailure(reason: NdjsonEnd, limits: NdjsonLimits): Failure {
  if (reason === "unreadable") return { code: "bad-request" };
  if (reason === "line-too-long") return { code: "body-too-large", limitBytes: limits.maxLineBytes };
  if (reason === "too-large") return { code: "body-too-large", limitBytes: limits.maxBytes };
  return { code: "too-many-lines", limitLines: limits.maxLines };
}
