import type { Pool } from "pg";
import type { EpochMs } from "#kernel/time.ts";

export type SampledReceipt = {
  readonly source: string;
  readonly partner: string;
  readonly store: string;
  readonly at: EpochMs;
  readonly lines: readonly { readonly category: string; readonly amount: number }[];
};
export type SampledMember = {
  readonly traits: readonly { kind: string; key: string; fromAt: EpochMs; untilAt?: EpochMs }[];
  readonly receipts: readonly SampledReceipt[];
};

/**
 * Members of buckets spread over all, as the primary key has them (a bucket is a hash, so its first members are any
 * members), with their receipts of a time along their own operations.
 */
const SAMPLE = `
with spread as (select (i * 1024 / $1)::smallint as bucket from generate_series(0, least($1, 1024) - 1) i),
picked as (
  select w.bucket, w.member_id from spread s cross join lateral (
    select bucket, member_id from wallet where bucket = s.bucket and status = 'open' order by member_id
    limit greatest(1, $1 / 1024)) w
)
select
  (select json_agg(json_build_array(t.kind, t.key, (extract(epoch from t.valid_from) * 1000)::int8,
                                    (extract(epoch from t.valid_until) * 1000)::int8))
     from member_trait t where t.bucket = p.bucket and t.member_id = p.member_id) as traits,
  (select json_agg(json_build_array(o.seq, o.partner, (extract(epoch from o.occurred_at) * 1000)::int8,
                                    o.body -> 'receipt' -> 'lines', o.body -> 'receipt' ->> 'store'))
     from operation o where o.bucket = p.bucket and o.member_id = p.member_id and o.kind = 'purchase'
       and o.occurred_at >= $2 and o.occurred_at < $3) as receipts
from picked p`;

type Row = {
  traits: [string, string, number, number | null][] | null;
  receipts: [number, string, number, SampledReceipt["lines"], string][] | null;
};

export async function sampleHistories(
  pool: Pool,
  members: number,
  fromAt: EpochMs,
  untilAt: EpochMs,
): Promise<SampledMember[]> {
  const { rows } = await pool.query<Row>(SAMPLE, [members, new Date(fromAt), new Date(untilAt)]);
  return rows.map(({ traits, receipts }) => ({
    traits: (traits ?? []).map(([kind, key, from, until]) => ({
      kind,
      key,
      fromAt: from,
      ...(until === null ? {} : { untilAt: until }),
    })),
    receipts: (receipts ?? []).map(([seq, partner, at, lines, store]) => ({
      source: `o:${seq}`,
      ...{ partner, store, at, lines },
    })),
  }));
}

/** The planner's estimate where the table is large, else a count. */
const COUNT = `
select case when c.reltuples >= 200000 then c.reltuples::int8 else (select count(*) from wallet) end as members
from pg_class c where c.oid = 'wallet'::regclass`;

export async function countMembers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ members: number }>(COUNT);
  return rows[0]?.members ?? 0;
}
