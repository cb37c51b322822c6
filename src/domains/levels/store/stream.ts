import type { ClientBase } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import type { LevelSplit, MemberContribution } from "./contributions.ts";

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
  (facts -> 'state' ->> 'with')::int8 as other, (facts -> 'state' ->> 'base')::int4 as base,
  (facts -> 'state' ->> 'count')::int4 as count, (facts -> 'state' ->> 'shift')::int4 as shift,
  facts -> 'state' -> 'members' as members
from operation where xid >= $1 and xid < $2 and ($3 and kind in ('purchase', 'return')
  or kind = 'merge' and facts -> 'state' ->> 'status' = 'open'
  or kind = 'unmerge' and facts -> 'state' -> 'made' is not null or kind = 'erasure')
order by xid, bucket, member_id, seq`;

type Row = {
  member_id: number;
  seq: number;
  kind: "purchase" | "return" | "merge" | "unmerge" | "erasure";
  partner: string;
  occurred_at: Date;
  cites_seq: number | null;
  kopecks: number | null;
  cents: number | null;
  other: number | null;
  base: number | null;
  count: number | null;
  shift: number | null;
  members: number[] | null;
};

/** Another member's stream joined this one: its numbers go on behind `base`. */
export type LevelMerge = { readonly survivor: MemberId; readonly merged: MemberId; readonly base: number };

/** In the order in which it was written. */
export type LevelHappening =
  | { readonly kind: "contribution"; readonly contribution: MemberContribution }
  | { readonly kind: "merge"; readonly merge: LevelMerge }
  | { readonly kind: "split"; readonly split: LevelSplit }
  | { readonly kind: "erasure"; readonly member: MemberId };

/** What a range of transactions adds to what levels are reached by; without `isCounting` only who becomes one and who goes. */
export async function readLevelPage(
  client: ClientBase,
  from: number,
  to: number,
  isCounting: boolean,
): Promise<LevelHappening[]> {
  const { rows } = await client.query<Row>(READ, [from, to, isCounting]);
  return rows.flatMap((row) => happeningOf(row) ?? []);
}

function happeningOf(row: Row): LevelHappening | undefined {
  const member = Number(row.member_id);
  const { other, base, count, shift, members, cites_seq: cites, kopecks, cents } = row;
  if (row.kind === "erasure") return { kind: "erasure", member };
  if (row.kind === "merge") {
    if (other === null || base === null) return undefined;
    return { kind: "merge", merge: { survivor: member, merged: Number(other), base } };
  }
  if (row.kind === "unmerge") {
    if (other === null || base === null || count === null || shift === null || members === null) return undefined;
    return { kind: "split", split: { survivor: Number(other), goes: member, base, count, shift, members } };
  }
  const contribution = {
    member,
    seq: row.seq,
    ...(cites === null ? {} : { cites }),
    at: row.occurred_at.getTime(),
    partner: row.partner,
    kopecks: Number(kopecks ?? 0),
    cents: Number(cents ?? 0),
  };
  return { kind: "contribution", contribution };
}
