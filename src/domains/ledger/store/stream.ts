import type { ClientBase, Pool } from "pg";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import { type Day, parseDay } from "#kernel/time.ts";
import type { OperationFacts } from "../core/operation.ts";
import type { StateFacts } from "../core/state-facts.ts";
import {
  inStreamOrder,
  type ReceiptBody,
  type StreamFacts,
  type StreamJoin,
  type StreamReceipt,
  type StreamReward,
  type StreamSurvey,
} from "../core/stream.ts";

/** Between the movements of two operations; JSON has no such character but escaped. */
export const MOVEMENTS_END = "\u001e";

/**
 * By operation_feed, one row for all: the text of each operation's movements, and those few operations that say more. A
 * row an operation instead would cost five times as much on both sides; this is about 1 µs an operation.
 */
const SURVEY = `
select coalesce(string_agg(movements::text, chr(30)), '') as movements,
  json_agg(json_build_object(
    'xid', xid, 'postedAt', (extract(epoch from posted_at) * 1000)::int8, 'seq', seq, 'kind', kind, 'member', member_id,
    'partner', partner, 'accountingDay', accounting_day,
    'facts', case when kind not in ('merge', 'unmerge', 'erasure') then facts end,
    'state', case when kind in ('merge', 'unmerge') then json_build_object(
      'status', facts -> 'state' -> 'status', 'with', facts -> 'state' -> 'with', 'base', facts -> 'state' -> 'base',
      'count', facts -> 'state' -> 'count', 'shift', facts -> 'state' -> 'shift', 'members', facts -> 'state' -> 'members') end
  )) filter (where kind in ('return', 'merge', 'unmerge', 'erasure') or facts::text like '%"reserved":%') as special
from operation where xid >= $1 and xid < $2`;

type SpecialRow = {
  readonly xid: number;
  readonly postedAt: number;
  readonly seq: number;
  readonly kind: string;
  readonly member: MemberId;
  readonly partner: PartnerId;
  readonly accountingDay: string;
  readonly facts: Pick<OperationFacts, "reserved" | "returned" | "budgets"> | null;
  readonly state: Partial<
    Nullable<Pick<StateFacts, "status" | "with" | "base" | "count" | "shift" | "members">>
  > | null;
};
type Nullable<T> = { [K in keyof T]: T[K] | null };

/** What a range of transactions [from, to) says, for whoever follows: below pg_snapshot_xmin it is always the same. */
export async function surveyStream(client: ClientBase | Pool, from: number, to: number): Promise<StreamSurvey> {
  const { rows } = await client.query<{ movements: string; special: SpecialRow[] | null }>({
    name: "survey-stream",
    text: SURVEY,
    values: [from, to],
  });
  const special = (rows[0]?.special ?? []).sort(inStreamOrder);
  return {
    movements: rows[0]?.movements ?? "",
    joins: special.flatMap((row) => joinOf(row) ?? []),
    facts: special.flatMap((row) => factsOf(row) ?? []),
  };
}

function joinOf({ xid, postedAt, seq, kind, member, accountingDay, state }: SpecialRow): StreamJoin | undefined {
  const place = { xid, postedAt, seq };
  if (kind === "erasure") return { ...place, kind, member };
  const other = state?.with;
  const base = state?.base;
  if (typeof other !== "number" || typeof base !== "number") return undefined;
  const day = parseDay(accountingDay) as Day;
  if (kind === "merge") {
    // The merged member's own stream says the same, as one that is not open any more.
    if (state?.status !== "open") return undefined;
    return { ...place, kind, survivor: member, merged: other, base, accountingDay: day };
  }
  const { count, shift, members } = state ?? {};
  if (typeof count !== "number" || typeof shift !== "number" || !members) return undefined;
  // The member that goes notes it in its own stream, too.
  if (members.includes(member)) return undefined;
  return { ...place, kind: "split", survivor: member, goes: other, members, base, count, shift, accountingDay: day };
}

function factsOf({ xid, postedAt, seq, member, partner, facts }: SpecialRow): StreamFacts | undefined {
  if (facts === null) return undefined;
  const { reserved, returned, budgets } = facts;
  if (reserved === undefined && returned === undefined && budgets === undefined) return undefined;
  return {
    ...{ xid, postedAt, seq, member, partner },
    ...(reserved === undefined ? {} : { reserved }),
    ...(returned === undefined ? {} : { returned }),
    ...(budgets === undefined ? {} : { budgets }),
  };
}

/** By operation_feed, in its order, up to the limit: what is committed beside transactions that still run, too. */
const TAIL = `
select count(*)::int as count, coalesce(string_agg(movements::text, chr(30)), '') as movements
from (select movements from operation where xid >= $1 order by xid limit $2) as tail`;

/** The movements of all that the snapshot has from a transaction on; `isWhole`: there are fewer than the limit. */
export async function tailMovements(
  client: ClientBase,
  from: number,
  limit: number,
): Promise<{ readonly movements: string; readonly isWhole: boolean }> {
  const { rows } = await client.query<{ count: number; movements: string }>(TAIL, [from, limit]);
  return { movements: rows[0]?.movements ?? "", isWhole: (rows[0]?.count ?? 0) < limit };
}

/**
 * By operation_feed. Bodies come whole and are parsed once, here, for all that follow: taking five things out of one in
 * SQL parses it five times, 2 µs each.
 */
const RECEIPTS = `
select xid, posted_at, seq, kind, member_id, partner, occurred_at, cites_seq, body
from operation where xid >= $1 and xid < $2 and kind in ('purchase', 'return')`;

type ReceiptRow = {
  xid: number;
  posted_at: Date;
  seq: number;
  kind: "purchase" | "return";
  member_id: number;
  partner: string;
  occurred_at: Date;
  cites_seq: number | null;
  body: ReceiptBody;
};

/** Purchases and returns of a range of transactions. */
export async function readStreamReceipts(client: Pool, from: number, to: number): Promise<StreamReceipt[]> {
  const { rows } = await client.query<ReceiptRow>({ name: "stream-receipts", text: RECEIPTS, values: [from, to] });
  return rows.map((row) => ({
    ...{ xid: row.xid, postedAt: row.posted_at.getTime(), seq: row.seq, kind: row.kind },
    ...{ member: row.member_id, partner: row.partner, at: row.occurred_at.getTime(), body: row.body },
    ...(row.cites_seq === null ? {} : { cites: row.cites_seq }),
  }));
}

/** By operation_feed. */
const BUYERS = `
select distinct member_id from operation where xid >= $1 and xid < $2 and kind in ('purchase', 'return')`;

/** Who bought or returned in a range of transactions. */
export async function readStreamBuyers(client: Pool, from: number, to: number): Promise<MemberId[]> {
  const { rows } = await client.query<{ member_id: number }>(BUYERS, [from, to]);
  return rows.map((row) => row.member_id);
}

/** By operation_feed. */
const REWARDS = `
select xid, posted_at, seq, kind, member_id, occurred_at, body -> 'reward' as cause
from operation where xid >= $1 and xid < $2 and kind in ('award', 'standing')`;

type RewardRow = {
  xid: number;
  posted_at: Date;
  seq: number;
  kind: "award" | "standing";
  member_id: number;
  occurred_at: Date;
  cause: NonNullable<StreamReward["cause"]> | null;
};

/** Awards and changes of standing of a range of transactions. */
export async function readStreamRewards(client: Pool, from: number, to: number): Promise<StreamReward[]> {
  const { rows } = await client.query<RewardRow>({ name: "stream-rewards", text: REWARDS, values: [from, to] });
  return rows.map((row) => ({
    ...{ xid: row.xid, postedAt: row.posted_at.getTime(), seq: row.seq, kind: row.kind },
    ...{ member: row.member_id, at: row.occurred_at.getTime() },
    ...(row.cause === null ? {} : { cause: row.cause }),
  }));
}
