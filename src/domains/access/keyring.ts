import type { Pool } from "pg";
import { DAY_MS, formatDay } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { type ApiKey, hashKey, isKey, principalOf } from "./core/api-key.ts";
import type { Principal } from "./core/principal.ts";
import { findKeys, updateLastUsed } from "./store/api-keys.ts";

export type Keyring = {
  /** Who a key belongs to; at once when it was looked up within the last second, which is nearly always. */
  find(key: string): Principal | undefined | Promise<Principal | undefined>;
  /** Looks a key up anew at its next use: after this process has revoked it. */
  forget(keyId: string): void;
};

/** An answer older than this is asked for again on the side, while it still serves. */
const REFRESH_MS = 500;
/** An answer older than this serves no more: so a revoked key is refused within a second, in every process. */
const STALE_MS = 1_000;
const MAX_ENTRIES = 20_000;
const MAX_BATCH = 500;
const MAX_REMEMBERED = 2_000;

type Entry = {
  readonly key: ApiKey | undefined;
  readonly principal: Principal | undefined;
  readonly checkedAt: number;
};
type Waiting = { readonly promise: Promise<Entry>; resolve(entry: Entry): void; reject(error: unknown): void };

/**
 * Keys as this process knows them. Look-ups of one moment share a query and only one query runs at a time, so that a
 * flood of invented keys costs the database one small statement after the other and nothing more.
 */
export function createKeyring(pool: Pool, clock: Clock): Keyring {
  const entries = new Map<string, Entry>();
  const hashes = createHashMemo();
  const waiting = new Map<string, Waiting>();
  let isAsking = false;

  const remember = (hash: string, key: ApiKey | undefined, checkedAt: number): Entry => {
    const entry = { key, principal: key === undefined ? undefined : principalOf(key), checkedAt };
    entries.delete(hash);
    entries.set(hash, entry);
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value as string);
    return entry;
  };

  const ask = async (): Promise<void> => {
    isAsking = true;
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, MAX_BATCH);
      for (const [hash] of batch) waiting.delete(hash);
      const now = clock.now();
      try {
        const found = await findKeys(
          pool,
          batch.map(([hash]) => hash),
        );
        for (const [hash, { resolve }] of batch) resolve(remember(hash, found.get(hash), now));
        noteUse(pool, [...found.values()], now);
      } catch (error) {
        for (const [, { reject }] of batch) reject(error);
      }
    }
    isAsking = false;
  };

  const lookUp = (hash: string): Promise<Entry> => {
    let wait = waiting.get(hash);
    if (wait === undefined) {
      wait = Promise.withResolvers<Entry>();
      waiting.set(hash, wait);
      if (!isAsking) void ask();
    }
    return wait.promise;
  };

  return {
    find: (key) => {
      const hash = hashes(key);
      if (hash === undefined) return undefined;
      const entry = entries.get(hash);
      const now = clock.now();
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now - entry.checkedAt;
      if (entry === undefined || age >= STALE_MS || age < 0) {
        return lookUp(hash).then((fresh) => usable(fresh, clock.now()));
      }
      // A failed refresh is told by the look-up that follows once the answer is too old.
      if (age >= REFRESH_MS) lookUp(hash).catch(() => {});
      return usable(entry, now);
    },
    forget: (keyId) => {
      for (const [hash, { key }] of entries) if (key?.keyId === keyId) entries.delete(hash);
    },
  };
}

/**
 * The hash of a key, undefined for a text that can't be one. Remembers the keys in use: hashing and checking a key costs
 * 2 us, which a till's every request would pay.
 */
function createHashMemo(): (key: string) => string | undefined {
  const known = new Map<string, string>();
  return (key) => {
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    if (!isKey(key)) return undefined;
    const hash = hashKey(key);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(key, hash);
    return hash;
  };
}

function usable({ key, principal }: Entry, now: number): Principal | undefined {
  if (key === undefined || key.revokedAt !== undefined) return undefined;
  return key.expiresAt !== undefined && key.expiresAt <= now ? undefined : principal;
}

/** Writes the day of use of keys that were not used before today; losing it costs nothing. */
function noteUse(pool: Pool, keys: readonly ApiKey[], now: number): void {
  const day = formatDay(Math.floor(now / DAY_MS));
  const first = keys.filter((key) => key.lastUsedDay === undefined || key.lastUsedDay < day).map((key) => key.keyId);
  if (first.length > 0) updateLastUsed(pool, first, day).catch(() => {});
}
