import type { FastifyRequest } from "fastify";
import { principalOf } from "#domains/access/http/index.ts";
import { languageOf } from "#platform/http/language.ts";
import type { Principal } from "../requests.ts";

/** Who asks, and in which language: the sentences of an answer are for a person. */
export function askerOf(request: FastifyRequest): Principal {
  return { ...principalOf(request), language: languageOf(request.headers["accept-language"]) };
}
