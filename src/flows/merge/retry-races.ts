import type { Pool, PoolClient } from "pg";
import { isLostRace } from "#domains/ledger/index.ts";
import { transaction } from "#platform/postgres/transaction.ts";

/** More races in a row than any honest load makes. */
const MOST_ATTEMPTS = 12;

/** A member was merged between reading and locking. */
export class MergeRace extends Error {}

/** 23505: an identifier, a key or a pair came meanwhile. */
export function isRace(error: unknown): boolean {
  const { code } = error as { code?: string };
  return error instanceof MergeRace || code === "23505" || isLostRace(error);
}

/**
 * A transaction that begins again when a till, another merge or the close of a month was faster. What it throws after many
 * attempts goes through.
 */
export async function racingTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  prepare: () => Promise<unknown> = async () => {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await prepare();
    try {
      return await transaction(pool, work);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isRace(error)) throw error;
    }
  }
}
