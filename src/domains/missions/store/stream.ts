import type { ClientBase, Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import { type Day, type EpochMs, parseDay } from "#kernel/time.ts";
import type { EventData } from "../core/event.ts";
import type { Happening, Line } from "../core/progress/contribution.ts";

/** One row: whoever holds it moves it, the others wait. */
export async function lockPosition(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ next_xid: number }>("select next_xid from mission_position for update");
  return rows[0]?.next_xid ?? 0;
}

export async function movePosition(client: ClientBase, nextXid: number): Promise<void> {
  await client.query("update mission_position set next_xid = $1", [nextXid]);
}

/**
 * Two index scans in the order of xid, merged, stopped at the limit. Rows of transactions below pg_snapshot_xmin are all
 * there or never will be, so a page below it is complete. A transaction is never cut: the page ends before the last one
 * it touched, unless that is its only one.
 */
const READ_PAGE = `
with page as (
  (select xid from operation where xid >= $1 and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid limit $2)
  union all
  (select xid from partner_event where xid >= $1 and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint order by xid limit $2)
  order by xid limit $2
)
select count(*)::int as count, min(xid) as first, max(xid) as last from page`;

/** The range [from, to) of the next page; undefined when there is nothing new. */
export async function nextPage(client: ClientBase, from: number, limit: number): Promise<number | undefined> {
  const { rows } = await client.query<{ count: number; first: number | null; last: number | null }>(READ_PAGE, [
    from,
    limit,
  ]);
  const row = rows[0];
  if (!row || row.first === null || row.last === null) return undefined;
  return row.count < limit || row.first === row.last ? row.last + 1 : row.last;
}

/** By operation_feed. */
const READ_OPERATIONS = `
select member_id, seq, kind, partner, occurred_at, cites_seq,
       (facts -> 'state' ->> 'with')::int8 as merged, (facts -> 'state' ->> 'base')::int4 as base,
       (facts -> 'state' ->> 'count')::int4 as count, (facts -> 'state' ->> 'shift')::int4 as shift,
       facts -> 'state' -> 'members' as members, accounting_day, posted_at,
       case kind when 'purchase' then body -> 'receipt' -> 'lines' when 'return' then body -> 'return' -> 'lines' end as lines
from operation where xid >= $1 and xid < $2 and (kind in ('purchase', 'return', 'standing')
  or kind = 'merge' and facts -> 'state' ->> 'status' = 'open'
  or kind = 'unmerge' and facts -> 'state' -> 'made' is null)
order by xid, posted_at, seq`;

/** By partner_event_feed. */
const READ_EVENTS = `
select member_id, partner, event_id, type, occurred_at, data from partner_event where xid >= $1 and xid < $2`;

type OperationRow = {
  member_id: number;
  seq: number;
  kind: "purchase" | "return" | "standing" | "merge" | "unmerge";
  partner: string;
  occurred_at: Date;
  cites_seq: number | null;
  lines: Line[] | null;
  merged: number | null;
  base: number | null;
  count: number | null;
  shift: number | null;
  members: MemberId[] | null;
  accounting_day: string;
  posted_at: Date;
};
type EventRow = {
  member_id: number;
  partner: string;
  event_id: string;
  type: string;
  occurred_at: Date;
  data: EventData;
};

/** Another member's stream joined this one: its numbers go on behind `base`. */
export type MergeOfMembers = {
  readonly survivor: MemberId;
  readonly merged: MemberId;
  readonly base: number;
  /** The survivor's operation. */
  readonly seq: number;
  readonly accountingDay: Day;
  readonly postedAt: EpochMs;
};

/** A member left its survivor again: its numbers are its own, those made since with its identifiers are behind `shift`. */
export type UnmergeOfMembers = {
  readonly survivor: MemberId;
  readonly goes: MemberId;
  /** The member that goes and those merged into it before. */
  readonly members: readonly MemberId[];
  readonly base: number;
  readonly count: number;
  readonly shift: number;
  /** The survivor's operation. */
  readonly seq: number;
  readonly accountingDay: Day;
  readonly postedAt: EpochMs;
};

export type MemberHappening = {
  readonly member: MemberId;
  readonly happening?: Happening;
  readonly merge?: MergeOfMembers;
  readonly unmerge?: UnmergeOfMembers;
};

/** What happened in a range of transactions. A change of standing comes without a happening: its member is looked at again. */
export async function readHappenings(client: ClientBase, from: number, to: number): Promise<MemberHappening[]> {
  const operations = await client.query<OperationRow>(READ_OPERATIONS, [from, to]);
  const events = await client.query<EventRow>(READ_EVENTS, [from, to]);
  return [
    ...operations.rows.map((row) => {
      const happening = happeningOf(row);
      const merge = mergeOf(row);
      const unmerge = unmergeOf(row);
      return {
        member: row.member_id,
        ...(happening === undefined ? {} : { happening }),
        ...(merge === undefined ? {} : { merge }),
        ...(unmerge === undefined ? {} : { unmerge }),
      };
    }),
    ...events.rows.map((row) => ({ member: row.member_id, happening: eventHappening(row) })),
  ];
}

function happeningOf({ seq, kind, partner, occurred_at, cites_seq, lines }: OperationRow): Happening | undefined {
  const common = { source: operationSource(seq), partner, at: occurred_at.getTime(), lines: lines ?? [] };
  if (kind === "purchase") return { kind, ...common };
  if (kind === "return" && cites_seq !== null) return { kind, ...common, cites: operationSource(cites_seq) };
  return undefined;
}

function mergeOf(row: OperationRow): MergeOfMembers | undefined {
  const { kind, merged, base } = row;
  if (kind !== "merge" || merged === null || base === null) return undefined;
  return {
    survivor: row.member_id,
    merged,
    base,
    seq: row.seq,
    accountingDay: parseDay(row.accounting_day) as Day,
    postedAt: row.posted_at.getTime(),
  };
}

function unmergeOf(row: OperationRow): UnmergeOfMembers | undefined {
  const { kind, merged: goes, base, count, shift, members } = row;
  if (kind !== "unmerge" || goes === null || base === null || count === null || shift === null || !members) return;
  const at = { seq: row.seq, accountingDay: parseDay(row.accounting_day) as Day, postedAt: row.posted_at.getTime() };
  return { survivor: row.member_id, goes, members, base, count, shift, ...at };
}

/** The same source in the stream of a survivor, whose numbers for it begin behind `shift`. */
export function shiftSource(source: string, shift: number): string {
  return source.startsWith("o:") ? operationSource(Number(source.slice(2)) + shift) : source;
}

export function operationSource(seq: number): string {
  return `o:${seq}`;
}

function eventHappening({ partner, event_id, type, occurred_at, data }: EventRow): Happening {
  return { kind: "event", source: `e:${partner}:${event_id}`, partner, type, at: occurred_at.getTime(), data };
}

/** By the primary key's prefix (bucket, member, partner), one range each. */
const FIRST_EVENTS = `
select x.member_id, e.partner, min(e.occurred_at) as first_at
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join partner_event e on e.bucket = x.bucket and e.member_id = x.member_id
where e.partner = any($3)
group by 1, 2`;

/** When each of these partners first told an event of each of these members, by `member partner`. */
export async function firstEvents(
  client: ClientBase | Pool,
  buckets: Buffer,
  members: Buffer,
  partners: readonly string[],
): Promise<Map<string, number>> {
  if (partners.length === 0) return new Map();
  const { rows } = await client.query<{ member_id: number; partner: string; first_at: Date }>(FIRST_EVENTS, [
    buckets,
    members,
    partners,
  ]);
  return new Map(rows.map((row) => [`${row.member_id} ${row.partner}`, row.first_at.getTime()]));
}
