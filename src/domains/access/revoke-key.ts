import type { Pool } from "pg";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import type { ApiKey } from "./core/api-key.ts";
import { updateRevoked } from "./store/api-keys.ts";

/** Ends a key: at once in this process when `forget` is the keyring's, within a second in the others. Repeatable. */
export async function revokeKey(
  deps: { readonly pool: Pool; readonly clock: Clock; readonly forget?: (keyId: string) => void },
  request: { readonly keyId: string; readonly revokedBy?: string },
): Promise<Result<ApiKey, { readonly code: "unknown-key" }>> {
  const key = await updateRevoked(deps.pool, request.keyId, deps.clock.now(), request.revokedBy);
  deps.forget?.(request.keyId);
  return key === undefined ? err({ code: "unknown-key" }) : ok(key);
}
