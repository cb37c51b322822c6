import type { Pool } from "pg";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";

/** Members that the receipts are spread over; receipt n belongs to member n mod this, as its (n div this)-th. */
const MEMBERS = 1_000_000;
const PARTNERS = 9;

export type SettleFill = { readonly receipts: number; readonly firstDay: string; readonly days: number };

/**
 * One month of receipts, the same by the same formula in both engines, straight into their tables: the bench measures
 * settling, not posting. Each activates three lots and earns three; one in ten spends of three funders, one in fifty gives
 * points back of the spend before it. The rows have the size of real ones.
 */
export async function fillLedger(pool: Pool, fill: SettleFill): Promise<void> {
  // Filled without its indexes, which are then built at once: four times as fast.
  await pool.query("drop index operation_feed, operation_accounting_day");
  await pool.query("alter table operation drop constraint operation_pkey");
  await pool.query("alter table operation set unlogged");
  const pages = Math.ceil(fill.receipts / 500_000);
  for (let page = 0; page < pages; page++) {
    const from = page * 500_000;
    await pool.query(LEDGER_ROWS, [
      from,
      Math.min(from + 500_000, fill.receipts) - 1,
      fill.firstDay,
      fill.days,
      fill.receipts,
    ]);
  }
  await pool.query("alter table operation add primary key (bucket, member_id, seq)");
  await pool.query("create index operation_feed on operation (xid)");
  await pool.query(
    "create index operation_accounting_day on operation using brin (accounting_day) with (pages_per_range = 32)",
  );
  await pool.query("vacuum (analyze) operation");
  // The feed is not what is measured: it has brought everything already.
  await pool.query("update feed_position set next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
}

const LEDGER_ROWS = `
insert into operation (bucket, member_id, seq, kind, partner, occurred_at, posted_at, business_day, accounting_day,
  programme_version, receipt_id, cites_seq, movements, body)
select member % 1024, member, seq, case when is_return then 'return' else 'purchase' end, 'partner-' || p, at, at,
  at::date, at::date, 1, 'rcp_' || n, case when is_return then seq - 1 end,
  (case
    when is_return then format('[["re","ac",1,0,"partner-%s","partner-%s",10]]', q, q)
    else '[' || case when is_spend then format(
        '["ac","re",1,0,"partner-%s","partner-%s",%s],["ac","re",1,0,"partner-%s","partner-%s",40],["ac","re",1,0,"partner-%s","partner-%s",30],',
        p, p, 100 + n % 50, f2, p, f3, p) else '' end
      || format('["pe","ac",%s,0,"partner-%s",null,%s],["pe","ac",%s,0,"partner-%s",null,%s],["pe","ac",%s,0,"partner-%s",null,%s],',
        seq - 1, p, a, seq - 1, f2, b, seq - 1, f3, c)
      || format('["ob","pe",%s,0,"partner-%s",null,%s],["ob","pe",%s,0,"partner-%s",null,%s],["ob","pe",%s,0,"partner-%s",null,%s]]',
        seq, p, a, seq, f2, b, seq, f3, c)
  end)::json,
  ('{"v":1,"filler":"' || repeat('0123456789', 80) || '"}')::json
from (
  select n, n % ${MEMBERS} + 1 as member, n / ${MEMBERS} + 1 as seq, n % ${PARTNERS} as p, (n + 1) % ${PARTNERS} as f2,
    (n + 4) % ${PARTNERS} as f3, (n - ${MEMBERS} + 9000000) % ${PARTNERS} as q,
    500 + n % 1000 as a, 100 + n % 300 as b, 50 + n % 70 as c,
    (n + n / ${MEMBERS}) % 10 = 0 as is_spend,
    n >= ${MEMBERS} and (n + n / ${MEMBERS}) % 50 = 1 as is_return,
    $3::date + (n::bigint * $4 / $5)::int + interval '9 hours' as at
  from generate_series($1::int, $2::int) as n
) as receipt`;

const MOVEMENTS = `
with
  number as n, toUInt64(intDiv(n, ${MEMBERS}) + 1) as sq, toUInt64(n % ${MEMBERS} + 1) as mem,
  toString(n % ${PARTNERS}) as p, toString((n + 1) % ${PARTNERS}) as f2, toString((n + 4) % ${PARTNERS}) as f3,
  toString((n + 9000000 - ${MEMBERS}) % ${PARTNERS}) as q,
  toInt64(500 + n % 1000) as a, toInt64(100 + n % 300) as b, toInt64(50 + n % 70) as c,
  (n + intDiv(n, ${MEMBERS})) % 10 = 0 as is_spend,
  n >= ${MEMBERS} and (n + intDiv(n, ${MEMBERS})) % 50 = 1 as is_return,
  toDate({first:String}) + toUInt16(intDiv(n * {days:UInt32}, {receipts:UInt64})) as day,
  multiIf(
    is_return, [('re', 'ac', q, q, toInt64(10))],
    arrayConcat(
      if(is_spend, [('ac', 're', p, p, toInt64(100 + n % 50)), ('ac', 're', f2, p, toInt64(40)), ('ac', 're', f3, p, toInt64(30))], []),
      [('pe', 'ac', p, '', a), ('pe', 'ac', f2, '', b), ('pe', 'ac', f3, '', c)],
      [('ob', 'pe', p, '', a), ('ob', 'pe', f2, '', b), ('ob', 'pe', f3, '', c)]
    )
  ) as items`;

export async function fillWarehouse(clickhouse: ClickHouseClient, fill: SettleFill): Promise<void> {
  const query_params = { first: fill.firstDay, days: fill.days, receipts: fill.receipts };
  const common = `toUInt16(mem % 1024) as bucket, mem as member_id, toUInt32(sq) as seq`;
  const head = `if(is_return, 'return', 'purchase') as kind, concat('partner-', p) as partner,
    toDateTime64(day, 3, 'UTC') as occurred_at, day as business_day, day as accounting_day`;
  await clickhouse.command({
    query: `insert into movement (bucket, member_id, seq, n, kind, partner, occurred_at, business_day, accounting_day,
        cites_seq, from_account, to_account, lot_seq, lot_part, funder, redeemer, cents)
      ${MOVEMENTS}
      select ${common}, toUInt16(i) as place, ${head}, toUInt32(if(is_return, sq - 1, 0)) as cites,
        m.1, m.2, toUInt32(sq), toUInt16(0), concat('partner-', m.3), if(m.4 = '', '', concat('partner-', m.4)), m.5
      from numbers({receipts:UInt64}) array join items as m, arrayEnumerate(items) as i`,
    query_params,
    clickhouse_settings: SETTINGS,
  });
  await clickhouse.command({
    query: `insert into settlement_movement (account, funder, redeemer, bucket, member_id, seq, n, kind, partner, occurred_at,
        business_day, accounting_day, receipt_id, cites_seq, lot_seq, cents)
      select 're', funder, redeemer, bucket, member_id, seq, n, kind, partner, occurred_at, business_day, accounting_day, '',
        cites_seq, lot_seq, if(from_account = 're', -cents, cents)
      from movement where redeemer != ''`,
    clickhouse_settings: SETTINGS,
  });
}

const SETTINGS = { max_insert_threads: "1", max_threads: 2, insert_deduplicate: 0 } as const;
