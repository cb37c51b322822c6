import type { Pool, PoolClient } from "pg";
import { BUCKETS, type MemberId, memberIds } from "#kernel/ids.ts";
import { type Calendar, formatInstant } from "#kernel/time.ts";
import { compareMember, emptyProjections, type StoredProjections } from "./core/compare-projections.ts";
import type { Movement, OperationFacts, OperationKind } from "./core/operation.ts";
import { newReplay, type Replay, replayOperation } from "./core/replay.ts";
import { copyRows } from "./store/copy-rows.ts";

/** One thing that does not agree, in words. */
export type Difference = { readonly member: string; readonly what: string };

export type VerifyReport = {
  readonly asOf: string;
  readonly members: number;
  readonly operations: number;
  readonly lots: number;
  /** The first differences; `differenceCount` has all. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
  readonly seconds: number;
};

export type VerifyOptions = {
  readonly calendar: Calendar;
  readonly now: () => number;
  /** Ranges read side by side, one connection each. */
  readonly lanes?: number;
  readonly onProgress?: (done: number, of: number) => void;
};

/** Operations of one range are sorted by PostgreSQL in memory: about this many at a time. */
const OPERATIONS_PER_RANGE = 500_000;
const KEPT_DIFFERENCES = 100;

type Tally = { members: number; operations: number; lots: number; differences: Difference[]; differenceCount: number };

/**
 * Rebuilds every wallet, lot, hold and return from the operations alone and compares them with what is stored, as of one
 * snapshot of the database, so that traffic may go on meanwhile. Reads everything once, a range of buckets at a time.
 */
export async function verifyProjections(pool: Pool, options: VerifyOptions): Promise<VerifyReport> {
  const startedAt = options.now();
  const keeper = await pool.connect();
  try {
    await keeper.query("begin isolation level repeatable read read only");
    const { rows } = await keeper.query<{ snapshot: string; rows: string }>(
      `select pg_export_snapshot() as snapshot,
              (select greatest(reltuples, 0)::int8 from pg_class where oid = 'operation'::regclass) as rows`,
    );
    const ranges = splitBuckets(Math.ceil(Number(rows[0]?.rows ?? 0) / OPERATIONS_PER_RANGE));
    const tally: Tally = { members: 0, operations: 0, lots: 0, differences: [], differenceCount: 0 };
    let next = 0;
    const lane = async (): Promise<void> => {
      const client = await pool.connect();
      try {
        await client.query("begin isolation level repeatable read read only");
        await client.query(`set transaction snapshot '${rows[0]?.snapshot}'`);
        await client.query("set local work_mem = '256MB'");
        for (let range = ranges[next++]; range; range = ranges[next++]) {
          await verifyRange(client, range, options.calendar, tally);
          options.onProgress?.(next, ranges.length);
        }
      } finally {
        await client.query("rollback");
        client.release();
      }
    };
    await Promise.all(Array.from({ length: options.lanes ?? 2 }, lane));
    return { ...tally, asOf: formatInstant(startedAt), seconds: (options.now() - startedAt) / 1000 };
  } finally {
    await keeper.query("rollback");
    keeper.release();
  }
}

function splitBuckets(parts: number): { from: number; to: number }[] {
  const count = Math.min(BUCKETS, Math.max(2, parts));
  return Array.from({ length: count }, (_, i) => ({
    from: Math.floor((i * BUCKETS) / count),
    to: Math.floor(((i + 1) * BUCKETS) / count) - 1,
  }));
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::int8`;

async function verifyRange(
  client: PoolClient,
  range: { from: number; to: number },
  calendar: Calendar,
  tally: Tally,
): Promise<void> {
  const where = `where bucket between ${range.from} and ${range.to}`;
  const stored = await readStored(client, where, tally);
  let member = -1;
  let replay: Replay = newReplay();
  const close = (): void => {
    if (member < 0) return;
    const projections = stored.get(member) ?? emptyProjections();
    stored.delete(member);
    report(tally, member, [...replay.faults, ...compareMember(replay, projections)]);
  };
  await copyRows(
    client,
    `select member_id, seq, kind, partner, ${ms("occurred_at")}, ${ms("posted_at")}, cites_seq, movements, facts
     from operation ${where} order by bucket, member_id, seq`,
    (columns) => {
      const id = Number(columns[0]);
      if (id !== member) {
        close();
        member = id;
        replay = newReplay();
        tally.members++;
      }
      tally.operations++;
      replayOperation(replay, toReplayed(columns), calendar);
    },
  );
  close();
  // Wallets that no operation stands behind: a new member's is empty.
  for (const [id, projections] of stored) report(tally, id, compareMember(newReplay(), projections));
}

function toReplayed(columns: (string | null)[]) {
  return {
    seq: Number(columns[1]),
    kind: columns[2] as OperationKind,
    partner: columns[3] as string,
    occurredAt: Number(columns[4]),
    postedAt: Number(columns[5]),
    citesSeq: columns[6] === null ? null : Number(columns[6]),
    movements: JSON.parse(columns[7] as string) as Movement[],
    facts: columns[8] === null ? null : (JSON.parse(columns[8] as string) as OperationFacts),
  };
}

async function readStored(client: PoolClient, where: string, tally: Tally): Promise<Map<MemberId, StoredProjections>> {
  const stored = new Map<MemberId, StoredProjections>();
  const of = (column: string | null | undefined): StoredProjections => {
    const member = Number(column);
    let projections = stored.get(member);
    if (!projections) {
      projections = emptyProjections();
      stored.set(member, projections);
    }
    return projections;
  };
  await copyRows(
    client,
    `select member_id, seq, active_cents, pending_cents, held_cents, arrears, cap_use, first_purchases,
            ${ms("next_change_at")}, status, merged_into from wallet ${where}`,
    (columns) => {
      of(columns[0]).wallet = columns.slice(1);
    },
  );
  await copyRows(
    client,
    `select member_id, seq, part, ${ms("earned_at")}, ${ms("available_at")}, ${ms("expires_at")}, is_active, is_open,
            funders, amount, remaining, held, spent, expired, taken_back from lot ${where}`,
    (columns) => {
      tally.lots++;
      of(columns[0]).lots.set(Number(columns[1]) * 64 + Number(columns[2]), columns.slice(1));
    },
  );
  await copyRows(
    client,
    `select member_id, seq, partner, state, ${ms("placed_at")}, ${ms("expires_at")}, items from hold ${where}`,
    (columns) => {
      of(columns[0]).holds.set(Number(columns[1]), columns.slice(1));
    },
  );
  await copyRows(
    client,
    `select member_id, seq, lines, refunded, absorbed from purchase_return ${where}`,
    (columns) => {
      of(columns[0]).returns.set(Number(columns[1]), columns.slice(1));
    },
  );
  return stored;
}

function report(tally: Tally, member: MemberId, faults: readonly string[]): void {
  tally.differenceCount += faults.length;
  for (const what of faults) {
    if (tally.differences.length >= KEPT_DIFFERENCES) return;
    tally.differences.push({ member: memberIds.format(member), what });
  }
}
