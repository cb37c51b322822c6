import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";

/** By the sequence: one number a process, for good. */
export async function newWriter(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ writer: string }>("select nextval('guard_writer') as writer");
  return Number(rows[0]?.writer);
}

export type JournalEntry = {
  readonly writer: number;
  readonly number: number;
  readonly postedAt: EpochMs;
  readonly facts: string;
};
type Row = { writer: string | number; number: string | number; posted_at: Date; facts: string };

function toEntry(row: Row): JournalEntry {
  return {
    writer: Number(row.writer),
    number: Number(row.number),
    postedAt: row.posted_at.getTime(),
    facts: row.facts,
  };
}

export type Look = { readonly snapshot: string; readonly change: number; readonly entries: readonly JournalEntry[] };

/**
 * What has been committed since the last look: rows that are visible now and were not visible in its snapshot. Exactly
 * once, in whatever order transactions end. By guard_journal_xid from the oldest transaction that ran then. 0.2 ms when
 * there is nothing new. Own rows come only when they are asked for: those whose commit was in doubt.
 */
const LOOK = `
select s.snapshot, c.number as change, j.writer, j.number, j.posted_at, j.facts
from (select pg_current_snapshot()::text as snapshot) s cross join guard_change c
left join guard_journal j on $1::pg_snapshot is not null
  and j.xid >= pg_snapshot_xmin($1::pg_snapshot)::text::bigint
  and not pg_visible_in_snapshot(j.xid::text::xid8, $1::pg_snapshot)
  and (j.writer <> $2 or j.number = any($3::bigint[]))`;

export async function lookForNews(
  pool: Pool,
  since: string | undefined,
  own: { readonly writer: number; readonly doubted: readonly number[] },
): Promise<Look> {
  const { rows } = await pool.query<Row & { snapshot: string; change: string | number }>({
    name: "guard-look",
    text: LOOK,
    values: [since ?? null, own.writer, own.doubted],
  });
  const first = rows[0];
  if (first === undefined) throw new Error("guard_change has no row");
  const entries = rows.filter(({ facts }) => facts !== null).map(toEntry);
  return { snapshot: first.snapshot, change: Number(first.change), entries };
}

const PAGE = 2_000;

/** Rows that a snapshot sees, posted from a time on, oldest first. By guard_journal_posted. */
const LOAD = `
select writer, number, posted_at, facts from guard_journal
where (posted_at, writer, number) > ($1, $2, $3) and pg_visible_in_snapshot(xid::text::xid8, $4::pg_snapshot)
order by posted_at, writer, number limit ${PAGE}`;

export async function* loadJournal(pool: Pool, from: EpochMs, snapshot: string): AsyncGenerator<JournalEntry> {
  let after: readonly [Date, number, number] = [new Date(from - 1), 0, 0];
  for (;;) {
    const { rows } = await pool.query<Row>(LOAD, [...after, snapshot]);
    yield* rows.map(toEntry);
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = [last.posted_at, Number(last.writer), Number(last.number)];
  }
}

/** By guard_journal_posted. Gives how many rows went. */
export async function purgeJournal(pool: Pool, before: EpochMs): Promise<number> {
  const { rowCount } = await pool.query("delete from guard_journal where posted_at < $1", [new Date(before)]);
  return rowCount ?? 0;
}
