import type { Pool } from "pg";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { freeCents } from "./core/lease.ts";
import { type FunderEntry, findEntry, insertEntry, listEntries } from "./store/funder-entries.ts";
import { closeLeases, lockBudget, setDeposited } from "./store/leases.ts";

export type DepositRequest = {
  readonly funder: PartnerId;
  /** The same one again is a replay. */
  readonly key: string;
  readonly kind: FunderEntry["kind"];
  readonly amountKopecks: Kopecks;
  /** The same in hundredths of a point. */
  readonly amountCents: PointsCents;
  readonly note: string;
  readonly enteredBy: string;
};

export type DepositFailure =
  | { readonly code: "idempotency-conflict" }
  /** A withdrawal of more than nobody has used or waits for. */
  | { readonly code: "deposit-short"; readonly freeCents: PointsCents };

/**
 * Enters a deposit, a top-up or a withdrawal of a prepaid funder: once, however often it comes. Tills may use it within a
 * second. A withdrawal recalls what processes have leased before it is refused.
 */
export async function enterDeposit(
  pool: Pool,
  request: DepositRequest,
  now: EpochMs,
): Promise<Result<{ readonly entry: FunderEntry; readonly isReplay: boolean }, DepositFailure>> {
  const { funder, kind, amountCents } = request;
  const key = `f:${funder}`;
  return transaction(pool, async (client) => {
    const locked = await lockBudget(client, key, undefined, now);
    const known = await findEntry(client, funder, request.key);
    if (known) {
      const isSame =
        known.kind === kind && known.amountKopecks === request.amountKopecks && known.note === request.note;
      return isSame ? ok({ entry: known, isReplay: true }) : err({ code: "idempotency-conflict" });
    }
    if (kind === "withdrawal") {
      const settledCents = await closeLeases(client, key);
      const free = Math.max(0, freeCents(key, { ...locked, settledCents }, 0));
      if (free < amountCents) return err({ code: "deposit-short", freeCents: free });
    }
    const [last] = await listEntries(client, funder, 2 ** 31 - 1, 1);
    const depositedCents = (last?.depositedCents ?? 0) + (kind === "deposit" ? amountCents : -amountCents);
    const entry = { ...request, entry: (last?.entry ?? 0) + 1, enteredAt: now, depositedCents };
    await insertEntry(client, entry);
    await setDeposited(client, key, depositedCents);
    return ok({ entry, isReplay: false });
  });
}
