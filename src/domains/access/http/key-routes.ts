import { Type } from "typebox";
import { parseInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { badTime } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { createKey, type KeyDeps } from "../create-key.ts";
import type { Keyring } from "../keyring.ts";
import { listKeys } from "../list-keys.ts";
import { revokeKey } from "../revoke-key.ts";
import { principalOf } from "./principal.ts";
import { CreateKeySchema, KEY_EXAMPLE, KeySchema, NewKeySchema, toKeyJson } from "./schemas.ts";

export type KeyRouteDeps = KeyDeps & { readonly keyring: Keyring; readonly problems: ProblemRegistry };

export const keyOperations = {
  createKey: operation({
    operationId: "createKey",
    tag: "Keys",
    summary: "Make an API key",
    description: "The answer carries the key itself, this once: only its hash is kept.",
    body: CreateKeySchema,
    status: 201,
    answer: NewKeySchema,
    problems: ["key-needs-partner", "key-without-partner", "key-expired", "unknown-partner"],
    example: {
      body: { role: "till", partner: "kalitka", name: "Tills of Kalitka, south" },
      answer: { ...KEY_EXAMPLE, key: "dk_till_4q8zr2m0c7t5x1nrhw9kd3efag6b2v8jy4s0p1" },
    },
  }),
  listKeys: operation({
    operationId: "listKeys",
    tag: "Keys",
    summary: "List API keys, newest first",
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ pattern: "^key_[0-9a-z]+$", maxLength: 40 })),
        partner: Type.Optional(Type.String({ pattern: "^[a-z0-9][a-z0-9._-]*$", maxLength: 64 })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(KeySchema), next: Type.Optional(Type.String()) }, { title: "ApiKeyPage" }),
    problems: [],
    example: { answer: { items: [KEY_EXAMPLE], next: KEY_EXAMPLE.id } },
  }),
  revokeKey: operation({
    operationId: "revokeKey",
    tag: "Keys",
    summary: "Revoke an API key",
    description: "It is refused within a second, in every process. Revoking it again changes nothing.",
    params: Type.Object({ keyId: Type.String({ description: "`key_…`" }) }),
    status: 200,
    answer: KeySchema,
    problems: ["unknown-key"],
    example: { answer: { ...KEY_EXAMPLE, revokedAt: "2026-03-05T09:00:00.000Z", revokedBy: KEY_EXAMPLE.createdBy } },
  }),
};

/** For administrators: make, list, revoke. */
export function keyRoutes(deps: KeyRouteDeps): (app: App) => void {
  const { problems, keyring } = deps;
  return (app) => {
    app.post("/v1/keys", { schema: keyOperations.createKey }, async (request, reply) => {
      const { expiresAt: text, ...body } = request.body;
      const expiresAt = text === undefined ? undefined : parseInstant(text);
      if (text !== undefined && expiresAt === undefined) {
        return void sendFailure(problems, request, reply, { code: "invalid-request", faults: [badTime("/expiresAt")] });
      }
      const createdBy = principalOf(request).keyId;
      const made = await createKey(deps, { ...body, createdBy, ...(expiresAt === undefined ? {} : { expiresAt }) });
      if (!made.ok) return void sendFailure(problems, request, reply, made.failure as Failure);
      reply.header("cache-control", "no-store");
      reply.code(201).send({ ...toKeyJson(made.value.key), key: made.value.secret });
    });
    app.get("/v1/keys", { schema: keyOperations.listKeys }, async (request, reply) => {
      const { limit, cursor, partner } = request.query;
      const page = await listKeys(deps, { limit, before: cursor, partner });
      const next = page.nextBefore === undefined ? {} : { next: page.nextBefore };
      reply.send({ items: page.items.map(toKeyJson), ...next });
    });
    app.delete("/v1/keys/:keyId", { schema: keyOperations.revokeKey }, async (request, reply) => {
      const revokedBy = principalOf(request).keyId;
      const revoked = await revokeKey({ ...deps, forget: keyring.forget }, { keyId: request.params.keyId, revokedBy });
      if (!revoked.ok) return void sendFailure(problems, request, reply, revoked.failure);
      reply.send(toKeyJson(revoked.value));
    });
  };
}
