import type { ClientBase } from "pg";
import type { Reserved } from "#domains/ledger/index.ts";
import { createTally, type MovementTuple, type TallyLine } from "#domains/settlement/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/** An operation that says more than its movements: it reserves, comes back, or merges members. */
export type SpecialOperation = {
  readonly member: MemberId;
  readonly seq: number;
  readonly kind: string;
  readonly partner: string;
  readonly postedAt: number;
  readonly facts: {
    readonly reserved?: Reserved;
    readonly returned?: readonly [number, { readonly lines: readonly number[] }];
    readonly budgets?: readonly (readonly [string, number])[];
    readonly state?: { readonly status?: string; readonly with?: MemberId; readonly base?: number };
  };
};

export type StreamRead = {
  /** Operations of transactions below it are in `page`, and will not become more. */
  readonly to: number;
  readonly page: readonly TallyLine[];
  readonly special: readonly SpecialOperation[];
  /** Committed too, but beside transactions that are still running: read again next time. */
  readonly tail: readonly TallyLine[];
  /** Whether page and tail are all there is. */
  readonly isCaughtUp: boolean;
};

/**
 * By operation_feed, in its order, up to the limit. Rows of transactions below pg_snapshot_xmin are all there or never will
 * be. About 3 µs an operation.
 */
const READ = `
select xid, movements::text as movements,
       case when kind = 'return' or facts::text like '%"reserved":%' or kind = 'merge' then json_build_object(
         'member', member_id, 'seq', seq, 'kind', kind, 'partner', partner,
         'postedAt', (extract(epoch from posted_at) * 1000)::int8, 'facts', facts) end as special
from operation where xid >= $1 order by xid limit $2`;

const HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xid";

type Row = { xid: number; movements: string; special: SpecialOperation | null };

/** Reads operations from a position on, in the snapshot of a repeatable read. */
export async function readStream(client: ClientBase, from: number, limit: number): Promise<StreamRead> {
  const horizon = (await client.query<{ xid: number }>(HORIZON)).rows[0]?.xid ?? from;
  const { rows } = await client.query<Row>(READ, [from, limit]);
  const isCaughtUp = rows.length < limit;
  // A transaction is never cut: the last one may have more rows behind the limit.
  const to = isCaughtUp ? Math.max(from, horizon) : Math.min(horizon, rows[rows.length - 1]?.xid ?? from);
  if (!isCaughtUp && to === rows[0]?.xid) return readStream(client, from, limit * 4);
  const page = createTally();
  const tail = createTally();
  const special: SpecialOperation[] = [];
  for (const row of rows) {
    const tally = row.xid < to ? page : tail;
    const bytes = Buffer.from(row.movements, "utf8");
    if (!tally.addText(bytes, 0, bytes.length)) tally.add(JSON.parse(row.movements) as MovementTuple[]);
    if (row.xid < to && row.special?.facts) special.push(row.special);
  }
  return { to, page: page.lines(), special, tail: tail.lines(), isCaughtUp };
}
