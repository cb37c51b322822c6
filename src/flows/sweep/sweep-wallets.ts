import type { Pool, PoolClient } from "pg";
import {
  type Change,
  findDueMembers,
  finish,
  isLostRace,
  loadWallets,
  openDraft,
  postChanges,
  readFirstOpenDay,
  sweep,
} from "#domains/ledger/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { BUCKETS, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";

export type SweepDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

export type SweepReport = { readonly members: number; readonly operations: number };

export type SweepOptions = {
  /** Wallets that change by themselves up to here are booked; now when absent. */
  readonly untilAt?: EpochMs;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
};

/** Members a statement books. */
const PAGE = 500;

/**
 * Books time-outs and expiries of members who have not been seen since, so that a month has its own before it closes. A
 * wallet that a till changes meanwhile is left to that till's operation, which books the same; so it may run beside
 * checkout, be stopped, and be run again.
 */
export async function sweepWallets(deps: SweepDeps, options: SweepOptions = {}): Promise<SweepReport> {
  const untilAt = options.untilAt ?? deps.clock.now();
  let members = 0;
  let operations = 0;
  for (let bucket = 0; bucket < BUCKETS && !options.signal?.aborted; bucket++) {
    for (let after = 0; ; ) {
      const due = await findDueMembers(deps.pool, bucket, after, untilAt, PAGE);
      if (due.length === 0) break;
      const booked = await bookMembers(deps, due);
      members += booked.members;
      operations += booked.operations;
      after = due[due.length - 1] as MemberId;
    }
    options.onProgress?.((bucket + 1) / BUCKETS);
  }
  return { members, operations };
}

async function bookMembers(deps: SweepDeps, members: readonly MemberId[]): Promise<SweepReport> {
  const client = await deps.pool.connect();
  try {
    return await bookOn(client, deps, members);
  } catch (error) {
    // A till was faster, or the fence moved: read again in smaller pages.
    if (!isLostRace(error)) throw error;
    if (members.length === 1) return bookMembers(deps, members);
  } finally {
    client.release();
  }
  const middle = members.length >> 1;
  const left = await bookMembers(deps, members.slice(0, middle));
  const right = await bookMembers(deps, members.slice(middle));
  return { members: left.members + right.members, operations: left.operations + right.operations };
}

async function bookOn(client: PoolClient, deps: SweepDeps, members: readonly MemberId[]): Promise<SweepReport> {
  const programme = deps.programmes.current();
  const firstOpenDay = await readFirstOpenDay(client);
  const changes: Change[] = [];
  for (const wallet of (await loadWallets(client, members)).values()) {
    const draft = openDraft(wallet, {
      now: deps.clock.now(),
      calendar: programme.calendar,
      firstOpenDay,
      programmeVersion: programme.version,
      operator: programme.operator,
    });
    sweep(draft);
    if (draft.operations.length > 0) changes.push(finish(draft));
  }
  changes.sort((a, b) => a.after.bucket - b.after.bucket || a.after.member - b.after.member);
  if (changes.length > 0) {
    await postChanges(client, { changes, keys: [], identifiers: [], anonymous: [], firstOpenDay });
  }
  return {
    members: changes.length,
    operations: changes.reduce((total, change) => total + change.operations.length, 0),
  };
}
