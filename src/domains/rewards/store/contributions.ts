import type { ClientBase, Pool } from "pg";
import type { StreamMerge, StreamSplit } from "#domains/ledger/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { int2Array, int8Array, textArray, timestamptzArray } from "#platform/postgres/binary-arrays.ts";
import type { Contribution } from "../core/contribution.ts";

/** `of` is the mission or game; `pointsCents` where the table has points beside the amount. */
export type ContributionRow = Contribution & {
  readonly member: MemberId;
  readonly of: string;
  readonly pointsCents?: number;
};

/** A table of contributions. Its names stand in the code, never in data. */
export type ContributionTable = {
  readonly table: "mission_contribution" | "game_contribution";
  readonly of: "mission" | "game";
  readonly hasPoints: boolean;
};

export type Contributions = {
  put(client: ClientBase, rows: readonly ContributionRow[]): Promise<void>;
  /** Of everything, or of one mission or game. */
  load(client: ClientBase | Pool, members: readonly MemberId[], of?: string): Promise<ContributionRow[]>;
  /** What a merged member did is the survivor's. Repeated, there is nothing left to move. */
  join(client: ClientBase, merge: StreamMerge): Promise<void>;
  /** What a member did that goes again is its own: what came with it, and what was done since with its identifiers. */
  split(client: ClientBase, split: StreamSplit): Promise<void>;
};

/** Reads and writes contributions of missions or games: what is there stays, duplicates are the same row. */
export function createContributions({ table, of, hasPoints }: ContributionTable): Contributions {
  const points = hasPoints ? ", points_cents" : "";
  const columns = `bucket, member_id, ${of}, step, source, cites, occurred_at, amount${points}`;
  const conflict = `on conflict (bucket, member_id, ${of}, step, source) do nothing`;

  /** In the order of the key, so that two writers can't deadlock. */
  const put = `
insert into ${table} (${columns})
select * from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int8[]${hasPoints ? ", $9::int8[]" : ""})
  as x(${columns})
order by bucket, member_id, ${of}, step, source
${conflict}`;

  /** By a prefix of the primary key, one range a member. */
  const load = `
select c.member_id, c.${of} as of, c.step, c.source, c.cites, c.occurred_at, c.amount${hasPoints ? ", c.points_cents" : ""}
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join ${table} c on c.bucket = x.bucket and c.member_id = x.member_id
where $3::text is null or c.${of} = $3`;

  /** By a prefix of the primary key; sources of operations get the survivor's numbers. */
  const move = `
insert into ${table} (${columns})
select $1, $2, ${of}, step,
  case when source like 'o:%' then 'o:' || (substr(source, 3)::int4 + $5) else source end,
  case when cites like 'o:%' then 'o:' || (substr(cites, 3)::int4 + $5) else cites end, occurred_at, amount${points}
from ${table} where bucket = $3 and member_id = $4
${conflict}`;
  const remove = `delete from ${table} where bucket = $1 and member_id = $2`;

  /**
   * What goes with the member that goes: sources of its own numbers get them back, those made since with its identifiers
   * get the ones they have now; events by whom they named. Operations by primary key, contributions by its prefix.
   */
  const moveBack = `
with gone as (
  select c.*, case when c.source like 'o:%' then substr(c.source, 3)::int4 end as n,
    case when c.cites like 'o:%' then substr(c.cites, 3)::int4 end as m
  from ${table} c where c.bucket = $1 and c.member_id = $2
), named as (
  select g.* from gone g
  left join operation o on o.bucket = $1 and o.member_id = $2 and o.seq = g.n
  left join partner_event e on g.n is null and e.bucket = any($9) and e.member_id = any($8)
    and g.source = 'e:' || e.partner || ':' || e.event_id
  where (g.n > $5 and g.n <= $6) or (o.facts ->> 'via')::int8 = any($8) or (g.m > $5 and g.m <= $6) or e.event_id is not null
), moved as (
  insert into ${table} (${columns})
  select $3, $4, ${of}, step,
    case when n is null then source when n > $5 and n <= $6 then 'o:' || (n - $5) else 'o:' || ($7 + n) end,
    case when m is null then cites when m > $5 and m <= $6 then 'o:' || (m - $5) else 'o:' || ($7 + m) end,
    occurred_at, amount${points}
  from named
  ${conflict}
  returning 1
)
delete from ${table} c using named n
where c.bucket = $1 and c.member_id = $2 and c.${of} = n.${of} and c.step = n.step and c.source = n.source`;

  return {
    put: async (client, rows) => {
      if (rows.length === 0) return;
      await client.query(put, [
        int2Array(rows.map((row) => bucketOf(row.member))),
        int8Array(rows.map((row) => row.member)),
        textArray(rows.map((row) => row.of)),
        textArray(rows.map((row) => row.step)),
        textArray(rows.map((row) => row.source)),
        textArray(rows.map((row) => row.cites ?? null)),
        timestamptzArray(rows.map((row) => row.at)),
        int8Array(rows.map((row) => row.amount)),
        ...(hasPoints ? [int8Array(rows.map((row) => row.pointsCents ?? 0))] : []),
      ]);
    },
    load: async (client, members, one) => {
      const values = [int2Array(members.map(bucketOf)), int8Array(members), one ?? null];
      return (await client.query<Row>(load, values)).rows.map(toRow);
    },
    join: async (client, { survivor, merged, base }) => {
      await client.query(move, [bucketOf(survivor), survivor, bucketOf(merged), merged, base]);
      await client.query(remove, [bucketOf(merged), merged]);
    },
    split: async (client, { survivor, goes, base, count, shift, members }) => {
      await client.query(moveBack, [
        ...[bucketOf(survivor), survivor, bucketOf(goes), goes, base, base + count, shift],
        ...[members, members.map(bucketOf)],
      ]);
    },
  };
}

type Row = {
  member_id: number;
  of: string;
  step: string;
  source: string;
  cites: string | null;
  occurred_at: Date;
  amount: number;
  points_cents?: number;
};

function toRow(row: Row): ContributionRow {
  return {
    member: row.member_id,
    of: row.of,
    step: row.step,
    source: row.source,
    ...(row.cites === null ? {} : { cites: row.cites }),
    at: row.occurred_at.getTime(),
    amount: row.amount,
    ...(row.points_cents === undefined ? {} : { pointsCents: row.points_cents }),
  };
}
