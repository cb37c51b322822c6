import type { FastifyReply, FastifyRequest } from "fastify";
import { invariant } from "#kernel/invariant.ts";
import type { Guard, Hook } from "#platform/http/app.ts";
import { type Failure, ProblemError } from "#platform/http/problem.ts";
import type { RateLimiter } from "#platform/http/rate-limit.ts";
import { mayActFor, type PartnerPlace, permissionOf, type Roles, scopeOf } from "../core/permissions.ts";
import type { Principal } from "../core/principal.ts";
import type { Keyring } from "../keyring.ts";

export type GuardDeps = {
  readonly keyring: Pick<Keyring, "find">;
  /** Undefined for no limits. */
  readonly rateLimiter?: RateLimiter | undefined;
};

const BEARER = /^Bearer +([!-~]{1,128})$/i;

/**
 * The one place that lets a request in. Before the body is read: the key, whether its role may call the operation, and
 * the key's rate. Once it is read: whether the partner it names is the key's own.
 */
export function createGuard(deps: GuardDeps): Guard {
  return (operationId) => {
    const permission = permissionOf(operationId);
    invariant(permission, `operation ${operationId} is in the table of permissions`);
    if (permission === "public") return {};
    const { roles, partnerAt } = permission;
    const onRequest: Hook = (request, reply, done) => {
      const match = BEARER.exec(request.headers.authorization ?? "");
      const found = match === null ? undefined : deps.keyring.find(match[1] as string);
      if (found instanceof Promise) {
        found.then((principal) => admit(deps, roles, principal, request, reply, done), done);
      } else admit(deps, roles, found, request, reply, done);
    };
    return partnerAt === undefined ? { onRequest } : { onRequest, preHandler: checkPartner(partnerAt) };
  };
}

function admit(
  deps: GuardDeps,
  roles: Roles,
  principal: Principal | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const refusal = refusalOf(deps, roles, principal, reply);
  if (refusal !== undefined) done(new ProblemError(refusal));
  else {
    request.principal = principal as Principal;
    done();
  }
}

function refusalOf(
  deps: GuardDeps,
  roles: Roles,
  principal: Principal | undefined,
  reply: FastifyReply,
): Failure | undefined {
  if (principal === undefined) return { code: "unauthenticated" };
  const scope = scopeOf(roles, principal);
  if (!scope.ok) return scope.failure;
  if (deps.rateLimiter === undefined) return undefined;
  const retryAfterSeconds = deps.rateLimiter.take(principal.keyId);
  reply.header("ratelimit-policy", deps.rateLimiter.policy);
  reply.header("ratelimit", deps.rateLimiter.state(principal.keyId));
  return retryAfterSeconds > 0 ? { code: "too-many-requests", retryAfterSeconds } : undefined;
}

/** Scope `own` and a partner go together: roles that reach any partner have none of their own. */
function checkPartner(place: PartnerPlace): Hook {
  const [part, field] = place.split(".") as ["body" | "params", string];
  return (request, _reply, done) => {
    const partner = (request[part] as Record<string, string>)[field];
    const allowed = mayActFor(request.principal as Principal, partner as string);
    if (allowed.ok) done();
    else done(new ProblemError(allowed.failure));
  };
}
