import type { FastifyRequest } from "fastify";
import { invariant } from "#kernel/invariant.ts";
import type { Principal } from "../core/principal.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the guard before the body is read; null on public routes. */
    principal: Principal | null;
  }
}

/** Who asks. For routes that are not public. */
export function principalOf(request: FastifyRequest): Principal {
  invariant(request.principal, "a route that asks for its principal is guarded");
  return request.principal;
}
