import type { ClientBase, Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";
import { type EpochMs, firstDayOf, formatDay, formatMonth, type Month, monthOf, parseDay } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { Act } from "../core/act.ts";
import { canonicalJson, digestOf } from "../core/canonical.ts";
import type { Settlement } from "../core/settlement.ts";
import type { AccountTotal, TotalDifference } from "../core/totals.ts";

export type CloseStep = "sweep" | "fence" | "feed" | "totals" | "freeze" | "done";

/** Where a month stands; `document` and `digest` once it is closed. */
export type StoredSettlement = {
  readonly month: Month;
  readonly state: "closing" | "closed";
  readonly step: CloseStep;
  readonly startedAt: EpochMs;
  readonly closedAt?: EpochMs;
  readonly digest?: string;
  readonly document?: string;
  readonly refusal?: { readonly differences: readonly TotalDifference[] };
};

type Row = {
  month: string;
  state: "closing" | "closed";
  step: CloseStep;
  started_at: Date;
  closed_at: Date | null;
  digest: string | null;
  document: string | null;
  refusal: { differences: TotalDifference[] } | null;
};

function toDomain(row: Row): StoredSettlement {
  const day = parseDay(row.month);
  invariant(day !== undefined, "a settlement has a month");
  return {
    month: monthOf(day),
    state: row.state,
    step: row.step,
    startedAt: row.started_at.getTime(),
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at.getTime() }),
    ...(row.digest === null ? {} : { digest: row.digest }),
    ...(row.document === null ? {} : { document: row.document }),
    ...(row.refusal === null ? {} : { refusal: row.refusal }),
  };
}

const COLUMNS = "month::text, state, step, started_at, closed_at, digest, document, refusal";

/** By primary key. */
const READ = `select ${COLUMNS} from settlement where month = $1`;

export async function readStored(pool: Pool | ClientBase, month: Month): Promise<StoredSettlement | undefined> {
  const { rows } = await pool.query<Row>(READ, [formatDay(firstDayOf(month))]);
  return rows[0] && toDomain(rows[0]);
}

/** Newest first, by primary key. One row a month; documents are left out, they are large. */
const LIST = `
select month::text, state, step, started_at, closed_at, digest, null as document, refusal from settlement
where month < $1 order by month desc limit $2`;

export async function listStored(pool: Pool, before: Month, limit: number): Promise<StoredSettlement[]> {
  const { rows } = await pool.query<Row>(LIST, [formatDay(firstDayOf(before)), limit]);
  return rows.map(toDomain);
}

/** By primary key, backwards: one row. */
const LAST_CLOSED = `
select ${COLUMNS} from settlement where state = 'closed' and month < $1 order by month desc limit 1`;

export async function readLastClosed(pool: Pool | ClientBase, before: Month): Promise<StoredSettlement | undefined> {
  const { rows } = await pool.query<Row>(LAST_CLOSED, [formatDay(firstDayOf(before))]);
  return rows[0] && toDomain(rows[0]);
}

/**
 * Months that stand in the way of closing one: earlier ones that were begun and not closed, or that are behind no fence and have
 * operations (operation_accounting_day, brin: blocks of those days only), and later ones that are closed.
 */
const IN_THE_WAY = `
with fence as (select first_open_day from accounting_fence)
select month::text, 'earlier' as side from settlement where month < $1 and state = 'closing'
union
select distinct date_trunc('month', o.accounting_day)::date::text, 'earlier' from operation o, fence
where o.accounting_day >= fence.first_open_day and o.accounting_day < $1
union
select month::text, 'later' from settlement where month > $1 and state = 'closed'
order by 1`;

export async function monthsInTheWay(pool: Pool, month: Month): Promise<{ earlier: Month[]; later: Month[] }> {
  const { rows } = await pool.query<{ month: string; side: string }>(IN_THE_WAY, [formatDay(firstDayOf(month))]);
  const of = (side: string) =>
    rows.filter((row) => row.side === side).map((row) => monthOf(parseDay(row.month) as number));
  return { earlier: of("earlier"), later: of("later") };
}

/** By primary key; a close that goes on after a cut finds its row there. */
const BEGIN = `
insert into settlement (month, state, started_at) values ($1, 'closing', $2) on conflict (month) do nothing`;

export async function beginClosing(pool: Pool, month: Month, now: EpochMs): Promise<void> {
  await pool.query(BEGIN, [formatDay(firstDayOf(month)), new Date(now)]);
}

/** By primary key; a closed month is left alone. */
const NOTE_STEP = "update settlement set step = $2, refusal = null where month = $1 and state = 'closing'";
const NOTE_REFUSAL = "update settlement set refusal = $2 where month = $1 and state = 'closing'";

export async function noteStep(pool: Pool, month: Month, step: CloseStep): Promise<void> {
  await pool.query(NOTE_STEP, [formatDay(firstDayOf(month)), step]);
}

export async function noteRefusal(pool: Pool, month: Month, differences: readonly TotalDifference[]): Promise<void> {
  await pool.query(NOTE_REFUSAL, [formatDay(firstDayOf(month)), JSON.stringify({ differences })]);
}

/**
 * One row. Every posting transaction holds it in share mode until it has committed, so this waits for those that may book before the
 * day, and whoever comes later sees the new day. Never moves back.
 */
const MOVE_FENCE = "update accounting_fence set first_open_day = $1 where first_open_day < $1";

export async function moveFence(pool: Pool, firstOpenMonth: Month): Promise<void> {
  await pool.query(MOVE_FENCE, [formatDay(firstDayOf(firstOpenMonth))]);
}

const LOCK = "select state from settlement where month = $1 for update";
/** What an earlier attempt left; nothing unless a process died inside the freeze's transaction, and then it is not there either. */
const INSERT_LINES = `
insert into settlement_line (month, line, position, kind, funder, redeemer, cents, kopecks, cites_month, cites_line)
select $1, x.line, x.position, x.kind, x.funder, x.redeemer, x.cents, x.kopecks, x.cites_month, x.cites_line
from json_to_recordset($2) as x (line text, position int, kind text, funder text, redeemer text, cents bigint,
  kopecks bigint, cites_month date, cites_line text)`;
const INSERT_TOTALS = `
insert into settlement_total (month, from_account, to_account, funder, redeemer, origin_month, cents)
select $1, x.from_account, x.to_account, x.funder, x.redeemer, coalesce(x.origin_month, $1), x.cents
from json_to_recordset($2) as x (from_account text, to_account text, funder text, redeemer text, origin_month date, cents bigint)`;
const INSERT_ACTS = `
insert into settlement_act (month, partner, digest, document)
select $1, x.partner, x.digest, x.document
from json_to_recordset($2) as x (partner text, digest text, document text)`;
const CLOSE = `
update settlement set state = 'closed', step = 'done', closed_at = $2, digest = $3, document = $4, refusal = null
where month = $1 and state = 'closing'`;

/** Stores a settlement with its lines, totals and acts and closes the month, all or nothing. False when it is closed already. */
export async function freeze(
  pool: Pool,
  month: Month,
  settlement: Settlement,
  totals: readonly AccountTotal[],
  acts: readonly Act[],
  now: EpochMs,
): Promise<boolean> {
  const day = formatDay(firstDayOf(month));
  const document = canonicalJson(settlement);
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ state: string }>(LOCK, [day]);
    if (rows[0]?.state !== "closing") return false;
    await client.query(INSERT_LINES, [day, JSON.stringify(lineRows(settlement))]);
    await client.query(INSERT_TOTALS, [day, JSON.stringify(totals.map(totalRow))]);
    await client.query(INSERT_ACTS, [day, JSON.stringify(acts.map(actRow))]);
    const { rowCount } = await client.query(CLOSE, [day, new Date(now), digestOf(document), document]);
    invariant(rowCount === 1, "the month was open a moment ago");
    return true;
  });
}

function lineRows(settlement: Settlement) {
  return settlement.lines.map((line, position) => ({
    line: line.id,
    position,
    kind: line.kind,
    funder: line.funder,
    redeemer: line.redeemer,
    cents: line.cents,
    kopecks: line.kopecks,
    cites_month: line.cites ? `${line.cites.month}-01` : null,
    cites_line: line.cites?.line ?? null,
  }));
}

function totalRow(total: AccountTotal) {
  return {
    from_account: total.fromAccount,
    to_account: total.toAccount,
    funder: total.funder,
    redeemer: total.redeemer,
    origin_month: total.originMonth === null ? null : `${formatMonth(total.originMonth)}-01`,
    cents: total.cents,
  };
}

function actRow(act: Act) {
  const document = canonicalJson(act);
  return { partner: act.party.id, digest: digestOf(document), document };
}

/** By primary key. */
const READ_ACT = "select document from settlement_act where month = $1 and partner = $2";

export async function readStoredAct(pool: Pool, month: Month, partner: string): Promise<Act | undefined> {
  const { rows } = await pool.query<{ document: string }>(READ_ACT, [formatDay(firstDayOf(month)), partner]);
  return rows[0] && (JSON.parse(rows[0].document) as Act);
}

/** By primary key: the acts of one month with their digests, for comparing. */
const READ_ACTS = "select partner, digest, document from settlement_act where month = $1 order by partner";

export async function readStoredActs(
  pool: Pool,
  month: Month,
): Promise<{ partner: string; digest: string; document: string }[]> {
  const { rows } = await pool.query(READ_ACTS, [formatDay(firstDayOf(month))]);
  return rows;
}

/** By primary key: who has an act of the month. */
const LIST_ACT_PARTNERS = "select partner from settlement_act where month = $1 order by partner";

export async function listActPartners(pool: Pool, month: Month): Promise<string[]> {
  const { rows } = await pool.query<{ partner: string }>(LIST_ACT_PARTNERS, [formatDay(firstDayOf(month))]);
  return rows.map((row) => row.partner);
}
