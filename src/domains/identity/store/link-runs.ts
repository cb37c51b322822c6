import type { ClientBase, Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import { type Day, type EpochMs, formatDay } from "#kernel/time.ts";
import { int4Array, int8Array, jsonArray } from "#platform/postgres/binary-arrays.ts";

export type LinkRunState = "linking" | "deciding" | "done" | "cancelled" | "failed";

/** A linkage of all stored profiles. */
export type LinkRun = {
  readonly run: string;
  readonly askedBy: string;
  readonly state: LinkRunState;
  readonly step: string;
  /** 0..1 */
  readonly progress: number;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly report?: unknown;
};

/** Two members that a run holds for one, and how sure it is. */
export type LinkPair = {
  readonly one: MemberId;
  readonly other: MemberId;
  readonly isSure: boolean;
  readonly evidence: unknown;
};

const COLUMNS = "run_id, asked_by, state, step, progress, started_at, ended_at, report";

type Row = {
  run_id: string;
  asked_by: string;
  state: LinkRunState;
  step: string;
  progress: number;
  started_at: Date;
  ended_at: Date | null;
  report: unknown;
};

/** By link_run_one: a run whose process has not been heard of since. */
const TAKE_OVER = `
update link_run set holder = $1, beat_at = $2 where state in ('linking', 'deciding') and beat_at < $3 returning ${COLUMNS}`;

/** By link_run_one: another run under way makes it nothing. */
const BEGIN = `
insert into link_run (run_id, asked_by, day, state, step, progress, holder, beat_at, started_at)
values ($1, $2, $3, 'linking', 'read', 0, $4, $5, $5) on conflict do nothing returning ${COLUMNS}`;

/** Goes on with a run that was left behind, or begins one; undefined while another process is at it. */
export async function takeLinkRun(
  pool: Pool,
  run: { readonly run: string; readonly askedBy: string; readonly day: Day; readonly holder: string },
  now: EpochMs,
  silentSince: EpochMs,
): Promise<LinkRun | undefined> {
  const left = await pool.query<Row>(TAKE_OVER, [run.holder, new Date(now), new Date(silentSince)]);
  if (left.rows[0]) return toRun(left.rows[0]);
  const values = [run.run, run.askedBy, formatDay(run.day), run.holder, new Date(now)];
  const begun = await pool.query<Row>(BEGIN, values);
  return begun.rows[0] && toRun(begun.rows[0]);
}

/** By primary key. */
const BEAT = `
update link_run set beat_at = $3, step = $4, progress = $5
where run_id = $1 and holder = $2 and state in ('linking', 'deciding') returning 1`;

/** Says how far a run is; false when it was cancelled or another process has taken it. */
export async function beatLinkRun(
  client: ClientBase | Pool,
  run: string,
  holder: string,
  at: { readonly now: EpochMs; readonly step: string; readonly progress: number },
): Promise<boolean> {
  const { rowCount } = await client.query(BEAT, [run, holder, new Date(at.now), at.step, at.progress]);
  return rowCount === 1;
}

const PLAN = `
insert into link_pair (run_id, number, one_id, other_id, is_sure, evidence)
select $1, number, one, other, sure = 1, evidence
from unnest($2::int4[], $3::int8[], $4::int8[], $5::int4[], $6::json[]) as x(number, one, other, sure, evidence)
returning 1`;
const DECIDE = `
update link_run set state = 'deciding', report = $3 where run_id = $1 and holder = $2 and state = 'linking' returning 1`;
const PAIRS_PER_INSERT = 5_000;

/** Keeps what was found, in order, and what is known by now for whoever goes on; in the caller's transaction. False when the run was cancelled or taken. */
export async function planLinkRun(
  client: ClientBase,
  run: string,
  holder: string,
  pairs: readonly LinkPair[],
  report: unknown,
): Promise<boolean> {
  const { rowCount } = await client.query(DECIDE, [run, holder, JSON.stringify(report)]);
  if (rowCount !== 1) return false;
  for (let from = 0; from < pairs.length; from += PAIRS_PER_INSERT) {
    const some = pairs.slice(from, from + PAIRS_PER_INSERT);
    await client.query(PLAN, [
      run,
      int4Array(some.map((_, index) => from + index + 1)),
      int8Array(some.map(({ one }) => one)),
      int8Array(some.map(({ other }) => other)),
      int4Array(some.map(({ isSure }) => (isSure ? 1 : 0))),
      jsonArray(some.map(({ evidence }) => JSON.stringify(evidence))),
    ]);
  }
  return true;
}

/** By primary key. */
const NEXT = `
select number, one_id, other_id, is_sure, evidence from link_pair
where run_id = $1 and outcome is null and number > $2 order by number limit $3`;

export async function nextLinkPairs(
  pool: Pool,
  run: string,
  after: number,
  limit: number,
): Promise<(LinkPair & { readonly number: number })[]> {
  const { rows } = await pool.query<{
    number: number;
    one_id: number | string;
    other_id: number | string;
    is_sure: boolean;
    evidence: unknown;
  }>(NEXT, [run, after, limit]);
  return rows.map((row) => ({
    number: row.number,
    one: Number(row.one_id),
    other: Number(row.other_id),
    isSure: row.is_sure,
    evidence: row.evidence,
  }));
}

/** By primary key; in the transaction that did it. */
export async function markLinkPair(client: ClientBase, run: string, number: number, outcome: string): Promise<void> {
  await client.query("update link_pair set outcome = $3 where run_id = $1 and number = $2 returning 1", [
    run,
    number,
    outcome,
  ]);
}

/** By primary key: how many pairs came to what. */
export async function countLinkPairs(client: ClientBase | Pool, run: string): Promise<Map<string, number>> {
  const { rows } = await client.query<{ outcome: string; count: number }>(
    "select coalesce(outcome, 'open') as outcome, count(*)::int as count from link_pair where run_id = $1 group by 1",
    [run],
  );
  return new Map(rows.map(({ outcome, count }) => [outcome, count]));
}

/** By primary key. What was found is in the pairs' reviews and merges; the list of it goes. */
export async function endLinkRun(
  client: ClientBase,
  run: string,
  end: { readonly state: "done" | "cancelled" | "failed"; readonly now: EpochMs; readonly report: unknown },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update link_run set state = $2, ended_at = $3, report = $4, progress = case when $2 = 'done' then 1 else progress end
     where run_id = $1 and state in ('linking', 'deciding') returning 1`,
    [run, end.state, new Date(end.now), end.report === undefined ? null : JSON.stringify(end.report)],
  );
  await client.query("delete from link_pair where run_id = $1", [run]);
  return rowCount === 1;
}

/** Newest first, by link_run_started. */
const LIST = `
select ${COLUMNS} from link_run where (started_at, run_id) < ($1, $2) order by started_at desc, run_id desc limit $3`;

export async function listLinkRuns(
  pool: Pool,
  before: { readonly startedAt: EpochMs; readonly run: string },
  limit: number,
): Promise<LinkRun[]> {
  const { rows } = await pool.query<Row>(LIST, [new Date(before.startedAt), before.run, limit]);
  return rows.map(toRun);
}

/** By primary key. */
export async function findLinkRun(client: ClientBase | Pool, run: string): Promise<LinkRun | undefined> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from link_run where run_id = $1`, [run]);
  return rows[0] && toRun(rows[0]);
}

/** Tries in one night: what fails three times fails again. */
const MOST_FAILURES = 3;

/** A few hundred rows a year are looked through. */
const NIGHT = `
select count(*) filter (where state <> 'failed') > 0 or count(*) >= ${MOST_FAILURES} as had
from link_run where asked_by = 'nightly' and day = $1`;

/** Whether the night's run of a business day has been: done, cancelled, or failed too often. */
export async function hadNightlyRun(pool: Pool, day: Day): Promise<boolean> {
  const { rows } = await pool.query<{ had: boolean }>(NIGHT, [formatDay(day)]);
  return rows[0]?.had === true;
}

/** By primary key: its process is at an end with it, and whoever looks next goes on at once. */
export async function leaveLinkRun(pool: Pool, run: string, holder: string): Promise<void> {
  await pool.query("update link_run set beat_at = $3 where run_id = $1 and holder = $2 returning 1", [
    run,
    holder,
    new Date(0),
  ]);
}

/** Whether a run was left behind by a process that died: it is gone on with at any hour. */
export async function hasSilentRun(pool: Pool, silentSince: EpochMs): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select 1 from link_run where state in ('linking', 'deciding') and beat_at < $1",
    [new Date(silentSince)],
  );
  return rowCount === 1;
}

function toRun(row: Row): LinkRun {
  return {
    run: row.run_id,
    askedBy: row.asked_by,
    state: row.state,
    step: row.step,
    progress: row.progress,
    startedAt: row.started_at.getTime(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.getTime() }),
    ...(row.report === null ? {} : { report: row.report }),
  };
}
