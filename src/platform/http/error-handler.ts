import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "#platform/log.ts";
import { type Failure, ProblemError } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";
import { sendFailure } from "./send.ts";

export type ErrorHandling = {
  readonly log: Logger;
  readonly problems: ProblemRegistry;
  readonly isUnavailable: (error: unknown) => boolean;
};

const RETRY_AFTER_SECONDS = 1;

/** Turns what was thrown into a problem. What we did not expect is logged whole and told to the caller as a number. */
export function handleError(
  options: ErrorHandling,
  bodyLimit: number,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendFailure(options.problems, request, reply, toFailure(options, bodyLimit, error, request));
}

function toFailure(options: ErrorHandling, bodyLimit: number, error: unknown, request: FastifyRequest): Failure {
  if (error instanceof ProblemError) return error.failure;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return { code: "body-too-large", limitBytes: request.routeOptions.bodyLimit ?? bodyLimit };
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return { code: "unsupported-media-type", accepted: acceptedBy(request) };
  }
  if (request.raw.destroyed && !request.raw.complete) return { code: "bad-request" }; // the client has left
  if (code?.startsWith("FST_") && statusCode !== undefined && statusCode < 500) return { code: "bad-request" };
  if (options.isUnavailable(error)) {
    options.log.warn({ requestId: request.id, err: error }, "an engine is away");
    return { code: "unavailable", retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  options.log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, "request failed");
  return { code: "internal-error" };
}

function acceptedBy(request: FastifyRequest): readonly string[] {
  const schema = request.routeOptions.schema as { consumes?: string[] } | undefined;
  return schema?.consumes ?? ["application/json"];
}
