import type { ClientBase, Pool } from "pg";
import type { StreamReceipt } from "#domains/ledger/index.ts";
import { operationSource } from "#domains/rewards/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { createPosition } from "#platform/postgres/position.ts";
import type { EventData } from "../core/event.ts";
import type { Happening } from "../core/progress/contribution.ts";

/** How far missions have followed operations and events. */
export const missionPosition = createPosition("mission_position");

/** An event as it stands in the stream. */
export type MemberEvent = {
  readonly member: MemberId;
  readonly happening: Extract<Happening, { readonly kind: "event" }>;
};

/** By partner_event_feed. */
const READ_EVENTS = `
select member_id, partner, event_id, type, occurred_at, data from partner_event where xid >= $1 and xid < $2`;

type EventRow = {
  member_id: number;
  partner: string;
  event_id: string;
  type: string;
  occurred_at: Date;
  data: EventData;
};

/** Events that a range of transactions wrote. */
export async function readStreamEvents(client: Pool, from: number, to: number): Promise<MemberEvent[]> {
  const { rows } = await client.query<EventRow>({ name: "stream-events", text: READ_EVENTS, values: [from, to] });
  return rows.map(({ member_id: member, partner, event_id, type, occurred_at, data }) => ({
    member,
    happening: {
      kind: "event",
      source: `e:${partner}:${event_id}`,
      ...{ partner, type, at: occurred_at.getTime(), data },
    },
  }));
}

/** A receipt as missions look at it; undefined for a return that cites nothing. */
export function receiptHappening({ kind, seq, partner, at, cites, body }: StreamReceipt): Happening | undefined {
  const lines = (kind === "purchase" ? body.receipt : body.return)?.lines ?? [];
  const common = { source: operationSource(seq), partner, at, lines };
  if (kind === "purchase") return { kind, ...common };
  return cites === undefined ? undefined : { kind, ...common, cites: operationSource(cites) };
}

/** By the primary key's prefix (bucket, member, partner), one range each. */
const FIRST_EVENTS = `
select x.member_id, e.partner, min(e.occurred_at) as first_at
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join partner_event e on e.bucket = x.bucket and e.member_id = x.member_id
where e.partner = any($3)
group by 1, 2`;

/** When each of these partners first told an event of each of these members, by `member partner`. */
export async function firstEvents(
  client: ClientBase | Pool,
  buckets: Buffer,
  members: Buffer,
  partners: readonly string[],
): Promise<Map<string, number>> {
  if (partners.length === 0) return new Map();
  const { rows } = await client.query<{ member_id: number; partner: string; first_at: Date }>(FIRST_EVENTS, [
    buckets,
    members,
    partners,
  ]);
  return new Map(rows.map((row) => [`${row.member_id} ${row.partner}`, row.first_at.getTime()]));
}
