import type { ClientBase } from "pg";
import { type EventData, type Happening, type Line, operationSource } from "#domains/missions/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { GameHappening } from "../core/contribution.ts";

/** One row: whoever holds it moves it or closes a week, the others wait. */
export async function lockGamePosition(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ next_xid: number }>("select next_xid from game_position for update");
  return rows[0]?.next_xid ?? 0;
}

export async function moveGamePosition(client: ClientBase, nextXid: number): Promise<void> {
  await client.query("update game_position set next_xid = $1", [nextXid]);
}

/**
 * When the first operation that games have not looked at was posted; undefined when there is none. One probe of
 * operation_feed. Transactions that still run have higher numbers than all that was looked at.
 */
export async function firstUnseenAt(client: ClientBase, position: number): Promise<EpochMs | undefined> {
  const { rows } = await client.query<{ posted_at: Date }>(
    "select posted_at from operation where xid >= $1 order by xid limit 1",
    [position],
  );
  return rows[0]?.posted_at.getTime();
}

/** By operation_feed. Rewards of missions carry the mission in their body; one that takes back is of kind nothing. */
const READ_OPERATIONS = `
select member_id, seq, kind, partner, occurred_at, cites_seq,
       (facts -> 'state' ->> 'with')::int8 as merged, (facts -> 'state' ->> 'base')::int4 as base,
       case kind when 'purchase' then body -> 'receipt' -> 'lines' when 'return' then body -> 'return' -> 'lines' end as lines,
       case kind when 'purchase' then body -> 'earned' end as earned,
       case kind when 'return' then (body -> 'outcome' ->> 'takenBackCents')::int8 + (body -> 'outcome' ->> 'arrearsCents')::int8 end as taken,
       case when kind in ('award', 'standing') and body -> 'reward' ->> 'kind' <> 'nothing' then body -> 'reward' ->> 'mission' end as mission
from operation where xid >= $1 and xid < $2 and ($3 and kind in ('purchase', 'return', 'award', 'standing')
  or kind = 'merge' and facts -> 'state' ->> 'status' = 'open')`;

/** By partner_event_feed. */
const READ_EVENTS =
  "select member_id, partner, event_id, type, occurred_at, data from partner_event where xid >= $1 and xid < $2";

type OperationRow = {
  member_id: number;
  seq: number;
  kind: "purchase" | "return" | "award" | "standing" | "merge";
  partner: string;
  occurred_at: Date;
  cites_seq: number | null;
  merged: number | null;
  base: number | null;
  lines: Line[] | null;
  earned: { amountCents: number[] }[] | null;
  taken: number | null;
  mission: string | null;
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
export type GameMerge = { readonly survivor: MemberId; readonly merged: MemberId; readonly base: number };

export type GameRow = { readonly member: MemberId; readonly happened?: GameHappening; readonly merge?: GameMerge };

/** What happened in a range of transactions, as games look at it; without `isCounting` only merges. */
export async function readGameHappenings(
  client: ClientBase,
  from: number,
  to: number,
  isCounting: boolean,
): Promise<GameRow[]> {
  const operations = await client.query<OperationRow>(READ_OPERATIONS, [from, to, isCounting]);
  const events = isCounting ? await client.query<EventRow>(READ_EVENTS, [from, to]) : { rows: [] };
  return [...operations.rows.flatMap(operationRow), ...events.rows.map(eventRow)];
}

function operationRow(row: OperationRow): GameRow[] {
  const { member_id: member, kind, merged, base, mission } = row;
  const at = row.occurred_at.getTime();
  if (kind === "merge") {
    return merged === null || base === null ? [] : [{ member, merge: { survivor: member, merged, base } }];
  }
  if (kind === "award" || kind === "standing") {
    return mission === null ? [] : [{ member, happened: { kind: "mission", mission, at } }];
  }
  const lines = row.lines ?? [];
  const turnover = lines.reduce((sum, { amount }) => sum + amount, 0);
  const common = { source: operationSource(row.seq), partner: row.partner, at, lines };
  if (kind === "purchase") {
    const pointsCents = (row.earned ?? [])
      .flatMap(({ amountCents }) => amountCents)
      .reduce((sum, each) => sum + each, 0);
    const happening: Happening = { kind, ...common };
    return [{ member, happened: { kind: "deed", happening, turnoverKopecks: turnover, pointsCents } }];
  }
  if (row.cites_seq === null) return [];
  const happening: Happening = { kind, ...common, cites: operationSource(row.cites_seq) };
  return [
    { member, happened: { kind: "deed", happening, turnoverKopecks: -turnover, pointsCents: -Number(row.taken ?? 0) } },
  ];
}

function eventRow({ member_id: member, partner, event_id, type, occurred_at, data }: EventRow): GameRow {
  const source = `e:${partner}:${event_id}`;
  const happening: Happening = { kind: "event", source, partner, type, at: occurred_at.getTime(), data };
  return { member, happened: { kind: "deed", happening, turnoverKopecks: 0, pointsCents: 0 } };
}
