import type { Pool } from "pg";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** By mission_completion_fee, the days of one month. */
const FEES = `
select fee_partner as partner, mission, sum(fee_kopecks)::int8 as kopecks from mission_completion
where accounting_day >= $1 and accounting_day <= $2 and fee_kopecks <> 0
group by 1, 2 having sum(fee_kopecks) <> 0 order by 1, 2`;

export type MissionFee = { readonly partner: PartnerId; readonly mission: string; readonly kopecks: number };

/** Acquisition fees of completions booked from one day through another, by partner and mission. Days as YYYY-MM-DD. */
export async function missionFees(pool: Pool, firstDay: string, lastDay: string): Promise<MissionFee[]> {
  const { rows } = await pool.query<MissionFee>(FEES, [firstDay, lastDay]);
  return rows;
}

export type CompletionRow = {
  readonly member: MemberId;
  readonly turn: number;
  readonly kind: string;
  readonly doneAt?: EpochMs;
  readonly doneBy?: string;
  readonly seq: number;
  readonly cents: number;
  readonly feeKopecks: number;
  readonly feePartner?: PartnerId;
  readonly accountingDay: string;
};
export type CompletionCursor = readonly [day: string, member: number, turn: number];

/** By mission_completion_mission and sorted within: one month of one mission at a time. */
const LIST = `
select member_id, turn, kind, done_at, done_by, seq, cents, fee_kopecks, fee_partner, accounting_day
from mission_completion
where mission = $1 and accounting_day >= $2 and accounting_day <= $3 and (accounting_day, member_id, turn) > ($4, $5, $6)
order by accounting_day, member_id, turn limit $7`;

type Row = {
  member_id: number;
  turn: number;
  kind: string;
  done_at: Date | null;
  done_by: string | null;
  seq: number;
  cents: number;
  fee_kopecks: number;
  fee_partner: string | null;
  accounting_day: string;
};

/** What stands behind a mission's fee line: each completion with its operation and its event or receipt. */
export async function listCompletions(
  pool: Pool,
  mission: string,
  days: { readonly first: string; readonly last: string },
  after: CompletionCursor,
  limit: number,
): Promise<CompletionRow[]> {
  const { rows } = await pool.query<Row>(LIST, [mission, days.first, days.last, ...after, limit]);
  return rows.map((row) => ({
    member: row.member_id,
    turn: row.turn,
    kind: row.kind,
    ...(row.done_at === null || row.done_by === null ? {} : { doneAt: row.done_at.getTime(), doneBy: row.done_by }),
    seq: row.seq,
    cents: row.cents,
    feeKopecks: row.fee_kopecks,
    ...(row.fee_partner === null ? {} : { feePartner: row.fee_partner }),
    accountingDay: row.accounting_day,
  }));
}
