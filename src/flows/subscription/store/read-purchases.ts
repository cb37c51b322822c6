import type { Pool } from "pg";
import type { RuleResult } from "#domains/program/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** A purchase as it is stored, with what of its lines came back, kopecks by line. */
export type StoredPurchase = {
  readonly seq: number;
  readonly programmeVersion: number;
  readonly at: EpochMs;
  readonly body: {
    readonly turnover: number;
    readonly receipt: {
      readonly partner: string;
      readonly store: string;
      readonly till: string;
      readonly number: string;
      readonly channel?: string;
      readonly lines: readonly { readonly category: string; readonly amount: number; readonly quantity?: number }[];
      readonly deliveryFee?: number;
      readonly tenders?: readonly { readonly kind: string; readonly amount: number; readonly bank?: string }[];
    };
    readonly rules: readonly RuleResult[];
    readonly spent: { readonly cents: number };
  };
  readonly returned: readonly number[];
};

/** A member's purchases that a replay looks at, at most. */
export const MOST_PURCHASES = 5_000;

/** Along the member's own operations, by primary key, newest first up to the limit; returns by primary key. */
const READ = `
select o.seq, o.programme_version, o.occurred_at, o.body, r.lines as returned
from operation o left join purchase_return r on r.bucket = o.bucket and r.member_id = o.member_id and r.seq = o.seq
where o.bucket = $1 and o.member_id = $2 and o.kind = 'purchase' and o.occurred_at >= $3 and o.occurred_at < $4
order by o.seq desc limit $5`;

type Row = {
  seq: number;
  programme_version: number;
  occurred_at: Date;
  body: StoredPurchase["body"];
  returned: number[] | null;
};

/** A member's purchases of [fromAt, untilAt), in the order of their own time. */
export async function readPurchases(
  pool: Pool,
  member: MemberId,
  fromAt: EpochMs,
  untilAt: EpochMs,
): Promise<StoredPurchase[]> {
  const values = [bucketOf(member), member, new Date(fromAt), new Date(untilAt), MOST_PURCHASES];
  const { rows } = await pool.query<Row>(READ, values);
  return rows
    .map((row) => ({
      seq: row.seq,
      programmeVersion: row.programme_version,
      at: row.occurred_at.getTime(),
      body: row.body,
      returned: row.returned ?? [],
    }))
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
}
