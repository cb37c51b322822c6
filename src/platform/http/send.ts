import type { FastifyReply, FastifyRequest } from "fastify";
import { languageOf } from "./language.ts";
import type { Failure } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";

/** Answers with the problem of a failure, in the caller's language. */
export function sendFailure(
  problems: ProblemRegistry,
  request: FastifyRequest,
  reply: FastifyReply,
  failure: Failure,
): FastifyReply {
  const { status, json, retryAfterSeconds } = problems.render(
    failure,
    languageOf(request.headers["accept-language"]),
    request.id,
  );
  if (retryAfterSeconds !== undefined) reply.header("retry-after", String(retryAfterSeconds));
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(status).header("content-type", "application/problem+json").send(Buffer.from(json));
}
