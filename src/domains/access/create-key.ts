import type { Pool } from "pg";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { type ApiKey, formatKey, formatKeyId, hashKey } from "./core/api-key.ts";
import { needsPartner, type Role } from "./core/principal.ts";
import { insertKey } from "./store/api-keys.ts";

export type KeyDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  /** `count` unpredictable bytes. */
  readonly random: (count: number) => Uint8Array;
  /** Whether the programme knows a partner. */
  readonly isPartner: (partner: string) => boolean | Promise<boolean>;
};

export type CreateKey = {
  readonly role: Role;
  readonly partner?: string;
  readonly name: string;
  readonly expiresAt?: number;
  /** The key that asks for it; absent on the command line. */
  readonly createdBy?: string;
};

export type CreateKeyFailure =
  | { readonly code: "key-needs-partner"; readonly role: Role }
  | { readonly code: "key-without-partner"; readonly role: Role }
  | { readonly code: "key-expired" }
  | { readonly code: "unknown-partner"; readonly pointer: string; readonly value: string };

/** Makes a key and gives its secret back, for the only time: storage has the hash. */
export async function createKey(
  deps: KeyDeps,
  request: CreateKey,
): Promise<Result<{ readonly key: ApiKey; readonly secret: string }, CreateKeyFailure>> {
  const { role, partner } = request;
  const now = deps.clock.now();
  if (needsPartner(role) && partner === undefined) return err({ code: "key-needs-partner", role });
  if (!needsPartner(role) && partner !== undefined) return err({ code: "key-without-partner", role });
  if (request.expiresAt !== undefined && request.expiresAt <= now) return err({ code: "key-expired" });
  if (partner !== undefined && !(await deps.isPartner(partner))) {
    return err({ code: "unknown-partner", pointer: "/partner", value: partner });
  }
  const secret = formatKey(role, deps.random(20));
  const key: ApiKey = { keyId: formatKeyId(now, deps.random(5)), createdAt: now, ...request };
  await insertKey(deps.pool, key, hashKey(secret));
  return ok({ key, secret });
}
