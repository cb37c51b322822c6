import type { Pool } from "pg";
import type { ApiKey } from "./core/api-key.ts";
import { selectKeys } from "./store/api-keys.ts";

export type KeyPage = { readonly items: readonly ApiKey[]; readonly nextBefore?: string };

/** Keys, newest first, revoked ones too; `nextBefore` goes on where this page ended. */
export async function listKeys(
  deps: { readonly pool: Pool },
  page: { readonly limit: number; readonly before?: string | undefined; readonly partner?: string | undefined },
): Promise<KeyPage> {
  const keys = await selectKeys(deps.pool, { beforeId: page.before, partner: page.partner, limit: page.limit + 1 });
  const items = keys.slice(0, page.limit);
  const last = items.at(-1);
  return keys.length > page.limit && last !== undefined ? { items, nextBefore: last.keyId } : { items };
}
