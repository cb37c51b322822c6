import type { FastifyReply, FastifyRequest } from "fastify";
import type { Result } from "#kernel/result.ts";
import type { Failure } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";
import { sendFailure } from "./send.ts";

/** What became of a request that may be repeated. */
export type Repeatable = { readonly replayed: boolean; readonly body: unknown };

/** Sends the answer, or the problem. A repeat gets the same status and body, and a header that says so. */
export function sendOutcome(
  problems: ProblemRegistry,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  outcome: Result<Repeatable, { readonly code: string }>,
): void {
  if (!outcome.ok) {
    sendFailure(problems, request, reply, outcome.failure as Failure);
    return;
  }
  if (outcome.value.replayed) reply.header("idempotency-replayed", "true");
  reply.code(status).send(outcome.value.body);
}
