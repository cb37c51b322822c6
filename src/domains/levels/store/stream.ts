import type { ClientBase } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import type { MemberContribution } from "./contributions.ts";

/** One row: whoever holds it moves it, the others wait. */
export async function lockLevelPosition(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ next_xid: number }>("select next_xid from level_position for update");
  return Number(rows[0]?.next_xid ?? 0);
}

export async function moveLevelPosition(client: ClientBase, nextXid: number): Promise<void> {
  await client.query("update level_position set next_xid = $1", [nextXid]);
}

/** By operation_feed. */
const READ = `
select member_id, seq, kind, partner, occurred_at, cites_seq,
  case kind
    when 'purchase' then (body ->> 'turnover')::int8 - coalesce((body -> 'receipt' ->> 'deliveryFee')::int8, 0)
    when 'return' then (body ->> 'turnover')::int8
  end as kopecks,
  case kind
    when 'purchase' then (select coalesce(sum((r ->> 'pointsCents')::int8), 0)::int8 from json_array_elements(body -> 'rules') r)
    when 'return' then -(coalesce((body -> 'outcome' ->> 'takenBackCents')::int8, 0)
                         + coalesce((body -> 'outcome' ->> 'arrearsCents')::int8, 0))
  end as cents,
  (facts -> 'state' ->> 'with')::int8 as merged, (facts -> 'state' ->> 'base')::int4 as base
from operation where xid >= $1 and xid < $2 and (kind in ('purchase', 'return')
  or kind = 'merge' and facts -> 'state' ->> 'status' = 'open')
order by xid, bucket, member_id, seq`;

type Row = {
  member_id: number;
  seq: number;
  kind: "purchase" | "return" | "merge";
  partner: string;
  occurred_at: Date;
  cites_seq: number | null;
  kopecks: number | null;
  cents: number | null;
  merged: number | null;
  base: number | null;
};

/** Another member's stream joined this one: its numbers go on behind `base`. */
export type LevelMerge = { readonly survivor: MemberId; readonly merged: MemberId; readonly base: number };

export type LevelPage = {
  readonly contributions: readonly MemberContribution[];
  readonly merges: readonly LevelMerge[];
};

/** What a range of transactions adds to what levels are reached by. */
export async function readLevelPage(client: ClientBase, from: number, to: number): Promise<LevelPage> {
  const { rows } = await client.query<Row>(READ, [from, to]);
  const contributions: MemberContribution[] = [];
  const merges: LevelMerge[] = [];
  for (const row of rows) {
    const member = Number(row.member_id);
    if (row.kind === "merge") {
      if (row.merged === null || row.base === null) continue;
      merges.push({ survivor: member, merged: Number(row.merged), base: row.base });
      continue;
    }
    contributions.push({
      member,
      seq: row.seq,
      ...(row.cites_seq === null ? {} : { cites: row.cites_seq }),
      at: row.occurred_at.getTime(),
      partner: row.partner,
      kopecks: Number(row.kopecks ?? 0),
      cents: Number(row.cents ?? 0),
    });
  }
  return { contributions, merges };
}
