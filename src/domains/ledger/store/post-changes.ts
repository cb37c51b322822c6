import type { ClientBase } from "pg";
import { isRetryable } from "#platform/postgres/transaction.ts";
import type { Posting } from "./posting.ts";
import { fenceParameter, POSTED_ROWS, type PostedRows } from "./posting-columns.ts";

/** What becomes of each table's rows. Parameters are numbered from 1 here and moved to their place in the whole. */
const SECTIONS: Readonly<Record<PostedRows, string>> = {
  wallets: `
  update wallet set
    seq = x.seq, active_cents = x.active, pending_cents = x.pending, held_cents = x.held,
    arrears = x.arrears, cap_use = x.cap_use, first_purchases = x.first_purchases, next_change_at = x.next_change_at
  from unnest($1::int2[], $2::int8[], $3::int4[], $4::int4[], $5::int8[], $6::int8[], $7::int8[],
              $8::json[], $9::json[], $10::json[], $11::timestamptz[])
    as x(bucket, member_id, expected, seq, active, pending, held, arrears, cap_use, first_purchases, next_change_at)
  where wallet.bucket = x.bucket and wallet.member_id = x.member_id and wallet.seq = x.expected and wallet.status = 'open'`,
  new_wallets: `
  insert into wallet (bucket, member_id, seq, active_cents, pending_cents, held_cents,
                      arrears, cap_use, first_purchases, next_change_at, created_at)
  select * from unnest($1::int2[], $2::int8[], $3::int4[], $4::int8[], $5::int8[], $6::int8[],
                       $7::json[], $8::json[], $9::json[], $10::timestamptz[], $11::timestamptz[])`,
  operations: `
  insert into operation (bucket, member_id, seq, kind, partner, occurred_at, posted_at, business_day, accounting_day,
                         programme_version, receipt_id, cites_seq, movements, facts, body)
  select * from unnest($1::int2[], $2::int8[], $3::int4[], $4::text[], $5::text[], $6::timestamptz[],
                       $7::timestamptz[], $8::date[], $9::date[], $10::int4[], $11::text[], $12::int4[],
                       $13::json[], $14::json[], $15::json[])`,
  new_lots: `
  insert into lot (bucket, member_id, seq, part, earned_at, available_at, expires_at, is_active, is_open, funders,
                   amount, remaining, held, spent, expired, taken_back)
  select bucket, member_id, seq, part, earned_at, available_at, expires_at, state & 1 = 1, state & 2 = 2,
         funders::text[], amount::int8[], remaining::int8[], held::int8[], spent::int8[], expired::int8[], taken::int8[]
  from unnest($1::int2[], $2::int8[], $3::int4[], $4::int2[], $5::timestamptz[], $6::timestamptz[],
              $7::timestamptz[], $8::int2[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
              $14::text[], $15::text[])
    as x(bucket, member_id, seq, part, earned_at, available_at, expires_at, state, funders, amount, remaining, held,
         spent, expired, taken)`,
  changed_lots: `
  update lot set is_active = x.state & 1 = 1, is_open = x.state & 2 = 2, available_at = x.available_at, remaining = x.remaining::int8[],
    held = x.held::int8[], spent = x.spent::int8[], expired = x.expired::int8[], taken_back = x.taken::int8[]
  from unnest($1::int2[], $2::int8[], $3::int4[], $4::int2[], $5::timestamptz[], $6::int2[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[])
    as x(bucket, member_id, seq, part, available_at, state, remaining, held, spent, expired, taken)
  where lot.bucket = x.bucket and lot.member_id = x.member_id and lot.seq = x.seq and lot.part = x.part`,
  holds: `
  insert into hold (bucket, member_id, seq, partner, state, placed_at, expires_at, items)
  select * from unnest($1::int2[], $2::int8[], $3::int4[], $4::text[], $5::text[], $6::timestamptz[],
                       $7::timestamptz[], $8::json[])
  on conflict (bucket, member_id, seq) do update set state = excluded.state`,
  returns: `
  insert into purchase_return (bucket, member_id, seq, lines, refunded, absorbed)
  select * from unnest($1::int2[], $2::int8[], $3::int4[], $4::json[], $5::json[], $6::json[])
  on conflict (bucket, member_id, seq)
    do update set lines = excluded.lines, refunded = excluded.refunded, absorbed = excluded.absorbed`,
  keys: `
  insert into operation_key (key_bucket, key_hash, body_hash, bucket, member_id, seq)
  select * from unnest($1::int2[], $2::uuid[], $3::uuid[], $4::int2[], $5::int8[], $6::int4[])`,
  identifiers: `
  insert into identifier (id_bucket, kind, value_hash, member_id, created_at)
  select * from unnest($1::int2[], $2::text[], $3::uuid[], $4::int8[], $5::timestamptz[])`,
  anonymous: `
  insert into anonymous_receipt (key_bucket, key_hash, partner, store, occurred_at, posted_at, business_day,
                                 programme_version, turnover_kopecks, body)
  select * from unnest($1::int2[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                       $7::date[], $8::int4[], $9::int8[], $10::json[])`,
  traits: `
  insert into member_trait (bucket, member_id, kind, key, valid_from, valid_until)
  select * from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
  on conflict (bucket, member_id, kind, key, valid_from) do update set valid_until = excluded.valid_until`,
  journal: `
  insert into guard_journal (writer, number, posted_at, facts)
  select * from unnest($1::int8[], $2::int8[], $3::timestamptz[], $4::text[])`,
  alerts: `
  insert into guard_alert (alert_id, raised_at, action, state, kind, hits, partner, store, till, member_id, seq,
                           receipt_id, points_cents)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[],
                       $8::text[], $9::text[], $10::int8[], $11::int4[], $12::text[], $13::int8[])`,
  leases: `
  update budget_lease set used_cents = used_cents + x.cents
  from unnest($1::int8[], $2::int8[]) as x(lease_id, cents)
  where budget_lease.lease_id = x.lease_id and budget_lease.is_open
    and budget_lease.used_cents + x.cents <= budget_lease.granted_cents`,
};

/** SQLSTATE of a batch that was overtaken, raised by the function `lost_race`. */
const LOST_RACE = "LR001";

/** Whether a posting failed because something else was faster: by what it proves, by serialization, or by a deadlock. */
export function isLostRace(error: unknown): boolean {
  return (error as { code?: unknown }).code === LOST_RACE || isRetryable(error);
}

type Statement = { readonly name: string; readonly text: string };
/** One per set of tables that a batch has rows for: some ten of them make up nearly all batches. */
const statements = new Map<string, Statement>();

/**
 * Posts a batch in one statement, one round trip, one transaction: claims keys, moves wallets `where seq = expected`,
 * inserts operations and lots. The statement proves that every row was written before it commits; else it fails:
 * - LOST_RACE, with the name of the rows: the fence moved, a wallet is not at the expected seq, or a lease of a budget was
 *   recalled; read again, price again;
 * - 23505: a key or an identifier is already there; look the keys up, answer replays, post the rest.
 *
 * Locks: fence row (shared), wallets in member order (primary key), new rows, leases that belong to this lane alone. Every access is by primary key. Only the
 * tables that have rows stand in the statement: each costs about 50 µs a batch in the executor even without any.
 */
export async function postChanges(client: ClientBase, posting: Posting): Promise<void> {
  const present: PostedRows[] = [];
  const values: Buffer[] = [fenceParameter(posting.firstOpenDay)];
  const firsts: number[] = [];
  for (const [rows, columnsOf] of POSTED_ROWS) {
    const columns = columnsOf(posting);
    if (columns === undefined) continue;
    present.push(rows);
    firsts.push(values.length + 1);
    values.push(...columns);
  }
  if (present.length === 0) return;
  await client.query({ ...statementFor(present, firsts), values });
}

function statementFor(present: readonly PostedRows[], firsts: readonly number[]): Statement {
  const key = present.join();
  let statement = statements.get(key);
  if (statement === undefined) {
    statement = { name: `post-${statements.size}`, text: compose(present, firsts) };
    statements.set(key, statement);
  }
  return statement;
}

function compose(present: readonly PostedRows[], firsts: readonly number[]): string {
  const sections = present.map((rows, i) => {
    const moved = SECTIONS[rows].replace(/\$(\d+)/g, (_, number) => `$${Number(number) + (firsts[i] as number) - 1}`);
    return `${rows} as (${moved}\n  returning 1\n)`;
  });
  const proofs = present.map((rows, i) => {
    const type = /\$1::(\w+)\[\]/.exec(SECTIONS[rows])?.[1];
    return `when (select count(*) from ${rows}) <> cardinality($${firsts[i]}::${type}[]) then lost_race('${rows}')`;
  });
  return `
with fence as (
  select 1 from accounting_fence where first_open_day = $1::date for share
), ${sections.join(", ")}
select case
  when (select count(*) from fence) <> 1 then lost_race('the first open day')
  ${proofs.join("\n  ")}
  else true end as posted`;
}
