import type { ClientBase, Pool } from "pg";
import { formatInstant } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { Block, BlockKind } from "../core/blocks.ts";
import type { Stop, Stopped, StopScope } from "../core/stops.ts";

type StopRow = {
  stop_id: number;
  scope: StopScope;
  subject: string;
  what: Stopped;
  reason: string;
  stopped_by: string;
  stopped_at: Date;
  resumed_by: string | null;
  resumed_at: Date | null;
  resume_reason: string | null;
};

function toStop(row: StopRow): Stop {
  return {
    stopId: Number(row.stop_id),
    scope: row.scope,
    subject: row.subject,
    what: row.what,
    reason: row.reason,
    stoppedBy: row.stopped_by,
    stoppedAt: row.stopped_at.getTime(),
    ...(row.resumed_at === null ? {} : { resumedAt: row.resumed_at.getTime(), resumedBy: row.resumed_by as string }),
    ...(row.resume_reason === null ? {} : { resumeReason: row.resume_reason }),
  };
}

type BlockRow = {
  block_id: number;
  kind: BlockKind;
  subject: string;
  reason: string;
  blocked_by: string;
  blocked_at: Date;
  valid_from: Date;
  valid_until: Date | null;
  lifted_by: string | null;
  lifted_at: Date | null;
  lift_reason: string | null;
};

function toBlock(row: BlockRow): Block {
  return {
    blockId: Number(row.block_id),
    kind: row.kind,
    subject: row.subject,
    reason: row.reason,
    blockedBy: row.blocked_by,
    blockedAt: row.blocked_at.getTime(),
    validFrom: row.valid_from.getTime(),
    ...(row.valid_until === null ? {} : { validUntil: row.valid_until.getTime() }),
    ...(row.lifted_at === null ? {} : { liftedAt: row.lifted_at.getTime(), liftedBy: row.lifted_by as string }),
    ...(row.lift_reason === null ? {} : { liftReason: row.lift_reason }),
  };
}

/** By guard_stop_standing. */
export async function readStandingStops(pool: Pool): Promise<Stop[]> {
  const { rows } = await pool.query<StopRow>("select * from guard_stop where resumed_at is null");
  return rows.map(toStop);
}

/** Whole: some thousands. Those that begin later are among them. */
export async function readStandingBlocks(pool: Pool, now: number): Promise<Block[]> {
  const { rows } = await pool.query<BlockRow>(
    "select * from guard_block where lifted_at is null and (valid_until is null or valid_until > $1)",
    [new Date(now)],
  );
  return rows.map(toBlock);
}

/** Makes a change and counts it in one transaction, so that whoever sees the count sees the change. */
function change<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  return transaction(pool, async (client) => {
    const result = await work(client);
    await client.query("update guard_change set number = number + 1");
    return result;
  });
}

export type NewStop = Pick<Stop, "scope" | "subject" | "what" | "reason" | "stoppedBy" | "stoppedAt">;

/** Stops what is not stopped yet; gives the stop that stands, and whether it is a new one. */
export function putStop(pool: Pool, stop: NewStop): Promise<{ readonly stop: Stop; readonly isNew: boolean }> {
  return change(pool, async (client) => {
    const made = await client.query<StopRow>(
      `insert into guard_stop (scope, subject, what, reason, stopped_by, stopped_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (scope, subject, what) where resumed_at is null do nothing returning *`,
      [stop.scope, stop.subject, stop.what, stop.reason, stop.stoppedBy, new Date(stop.stoppedAt)],
    );
    const row = made.rows[0];
    if (row) return { stop: toStop(row), isNew: true };
    const known = await client.query<StopRow>(
      "select * from guard_stop where scope = $1 and subject = $2 and what = $3 and resumed_at is null",
      [stop.scope, stop.subject, stop.what],
    );
    return { stop: toStop(known.rows[0] as StopRow), isNew: false };
  });
}

export type End = { readonly id: number; readonly by: string; readonly at: number; readonly reason: string };

/** Ends a stop once; the stop as it is after that, undefined when there is none. */
export function endStop(pool: Pool, { id, by, at, reason }: End): Promise<Stop | undefined> {
  return change(pool, async (client) => {
    await client.query(
      "update guard_stop set resumed_by = $2, resumed_at = $3, resume_reason = $4 where stop_id = $1 and resumed_at is null",
      [id, by, new Date(at), reason],
    );
    const { rows } = await client.query<StopRow>("select * from guard_stop where stop_id = $1", [id]);
    return rows[0] && toStop(rows[0]);
  });
}

export type Page = { readonly before?: number; readonly isStanding?: boolean; readonly limit: number };

/** By primary key, newest first. */
export async function listStops(pool: Pool, { before, isStanding, limit }: Page): Promise<Stop[]> {
  const { rows } = await pool.query<StopRow>(
    `select * from guard_stop where ($1::bigint is null or stop_id < $1)
       and ($2::boolean is null or (resumed_at is null) = $2) order by stop_id desc limit $3`,
    [before ?? null, isStanding ?? null, limit],
  );
  return rows.map(toStop);
}

export type NewBlock = Pick<Block, "kind" | "subject" | "reason" | "blockedBy" | "blockedAt" | "validFrom"> & {
  readonly validUntil?: number;
};

/** Blocks; gives the open-ended block that stands already instead of a second one. */
export function putBlock(pool: Pool, block: NewBlock): Promise<{ readonly block: Block; readonly isNew: boolean }> {
  return change(pool, async (client) => {
    const until = block.validUntil === undefined ? null : formatInstant(block.validUntil);
    const made = await client.query<BlockRow>(
      `insert into guard_block (kind, subject, reason, blocked_by, blocked_at, valid_from, valid_until)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (kind, subject) where lifted_at is null and valid_until is null do nothing returning *`,
      [
        block.kind,
        block.subject,
        block.reason,
        block.blockedBy,
        new Date(block.blockedAt),
        new Date(block.validFrom),
        until,
      ],
    );
    const row = made.rows[0];
    if (row) return { block: toBlock(row), isNew: true };
    const known = await client.query<BlockRow>(
      "select * from guard_block where kind = $1 and subject = $2 and lifted_at is null and valid_until is null",
      [block.kind, block.subject],
    );
    return { block: toBlock(known.rows[0] as BlockRow), isNew: false };
  });
}

export function endBlock(pool: Pool, { id, by, at, reason }: End): Promise<Block | undefined> {
  return change(pool, async (client) => {
    await client.query(
      "update guard_block set lifted_by = $2, lifted_at = $3, lift_reason = $4 where block_id = $1 and lifted_at is null",
      [id, by, new Date(at), reason],
    );
    const { rows } = await client.query<BlockRow>("select * from guard_block where block_id = $1", [id]);
    return rows[0] && toBlock(rows[0]);
  });
}

/** By primary key, newest first. */
export async function listBlocks(
  pool: Pool,
  { before, isStanding, kind, now, limit }: Page & { readonly kind?: BlockKind; readonly now: number },
): Promise<Block[]> {
  const { rows } = await pool.query<BlockRow>(
    `select * from guard_block where ($1::bigint is null or block_id < $1)
       and ($2::boolean is null or (lifted_at is null and (valid_until is null or valid_until > $4)) = $2)
       and ($3::text is null or kind = $3) order by block_id desc limit $5`,
    [before ?? null, isStanding ?? null, kind ?? null, new Date(now), limit],
  );
  return rows.map(toBlock);
}
