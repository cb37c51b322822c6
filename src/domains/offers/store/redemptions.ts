import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { type EpochMs, HOUR_MS } from "#kernel/time.ts";
import type { CodeKey } from "../core/codes.ts";
import type { Benefit } from "../core/promo/terms.ts";
import { hashText } from "./promos.ts";

export type Redemption = {
  readonly member: MemberId;
  readonly promo: string;
  readonly turn: number;
  readonly benefit: Benefit;
  readonly state: "claimed" | "given";
  readonly claimedAt: EpochMs;
  readonly seq?: number;
  readonly codeHash: string;
};

type Row = {
  member_id: number | string;
  promo: string;
  turn: number;
  benefit: Benefit;
  state: "claimed" | "given";
  claimed_at: Date;
  seq: number | null;
  code_hash: string;
};

const COLUMNS = "member_id, promo, turn, benefit, state, claimed_at, seq, code_hash";

/** By a prefix of the primary key, one range a member: a member's uses of one promo. */
const OF_PROMO = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[]) as x(in_bucket, member)
join promo_redemption on bucket = x.in_bucket and member_id = x.member
where promo = $3 order by claimed_at, member_id, turn`;

/** Uses of a promo by a member and those that it answers for. */
export async function redemptionsOf(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  promo: string,
): Promise<Redemption[]> {
  const { rows } = await client.query<Row>(OF_PROMO, [members.map(bucketOf), members, promo]);
  return rows.map(toRedemption);
}

/** One use more, unless the limit is reached: by primary key, the row locked for the rest of the transaction. */
const COUNT = `
update promo_use set used = used + 1 where promo = $1 and ($2::int8 is null or used < $2) returning used`;

/** By primary key; a second of the same turn raises 23505. */
const INSERT = `
insert into promo_redemption (bucket, member_id, promo, turn, code_bucket, code_hash, benefit, state, claimed_at)
values ($1, $2, $3, $4, $5, $6, $7, 'claimed', $8)`;

/** By primary key: a unique code is used up. */
const USE_CODE = `
update promo_code set used_by = $3 where code_bucket = $1 and code_hash = $2 and used_by is null returning 1`;

export async function countUse(client: ClientBase, promo: string, most: number | undefined): Promise<boolean> {
  const { rows } = await client.query(COUNT, [promo, most ?? null]);
  return rows.length === 1;
}

export async function uncountUse(client: ClientBase, promo: string): Promise<void> {
  await client.query("update promo_use set used = used - 1 where promo = $1", [promo]);
}

export async function takeCode(client: ClientBase, key: CodeKey, member: MemberId): Promise<boolean> {
  const { rows } = await client.query(USE_CODE, [key.bucket, hashText(key), member]);
  return rows.length === 1;
}

export async function insertRedemption(
  client: ClientBase,
  key: CodeKey,
  { member, promo, turn, benefit, claimedAt }: Pick<Redemption, "member" | "promo" | "turn" | "benefit" | "claimedAt">,
): Promise<void> {
  const values = [bucketOf(member), member, promo, turn, key.bucket, hashText(key), JSON.stringify(benefit)];
  await client.query(INSERT, [...values, new Date(claimedAt)]);
}

/** By primary key. */
const GIVEN = `
update promo_redemption set state = 'given', seq = $5
where bucket = $1 and member_id = $2 and promo = $3 and turn = $4 and state = 'claimed' returning 1`;

export async function noteGiven(pool: ClientBase | Pool, use: Redemption, seq: number | null): Promise<void> {
  await pool.query(GIVEN, [bucketOf(use.member), use.member, use.promo, use.turn, seq]);
}

/** By primary keys: a use that brought nothing is undone, with its count and its code. */
const UNDO = `
with gone as (
  delete from promo_redemption where bucket = $1 and member_id = $2 and promo = $3 and turn = $4 and state = 'claimed'
  returning code_bucket, code_hash
), freed as (
  update promo_code c set used_by = null from gone g where c.code_bucket = g.code_bucket and c.code_hash = g.code_hash
  returning 1
)
update promo_use set used = used - 1 where promo = $3 and exists (select 1 from gone) returning 1`;

export async function undoRedemption(pool: Pool, { member, promo, turn }: Redemption): Promise<void> {
  await pool.query(UNDO, [bucketOf(member), member, promo, turn]);
}

/** By promo_redemption_due: what a process that died has left claimed, and what waits for a switch. */
const DUE = `
select ${COLUMNS} from promo_redemption
where state = 'claimed' and claimed_at < $1 and (bucket, member_id, promo, turn) > ($3, $4, $5, $6)
order by bucket, member_id, promo, turn limit $2`;

/** A page after another's last one. */
export async function dueRedemptions(
  pool: Pool,
  before: EpochMs,
  limit: number,
  after?: Pick<Redemption, "member" | "promo" | "turn">,
): Promise<Redemption[]> {
  const from = after ? [bucketOf(after.member), after.member, after.promo, after.turn] : [-1, 0, "", 0];
  const { rows } = await pool.query<Row>(DUE, [new Date(before), limit, ...from]);
  return rows.map(toRedemption);
}

/** By primary key, one row after the other in one order. Counted before the code is looked at, so that no burst gets by. */
const TRY = `
insert into promo_attempt (scope, who, hour, failed) values ('key', $2, $1, 1), ('member', $3, $1, 1)
on conflict (scope, who, hour) do update set failed = promo_attempt.failed + 1 returning scope, failed`;
/** By primary key: the code was right. */
const RIGHT = `
update promo_attempt set failed = failed - 1
where hour = $1 and failed > 0 and ((scope = 'member' and who = $3) or (scope = 'key' and who = $2))`;
const FORGET = "delete from promo_attempt where hour < $1";

export type Attempts = { readonly byMember: number; readonly byKey: number };

/** Counts an attempt as a wrong one; gives the wrong codes of this hour, by member and by the caller's key, this included. */
export async function countAttempt(pool: Pool, member: MemberId, keyId: string, now: EpochMs): Promise<Attempts> {
  const { rows } = await pool.query<{ scope: string; failed: number }>(TRY, [hourOf(now), keyId, String(member)]);
  const of = (scope: string) => rows.find((row) => row.scope === scope)?.failed ?? 0;
  return { byMember: of("member"), byKey: of("key") };
}

/** It was a right one after all. */
export async function forgiveAttempt(pool: Pool, member: MemberId, keyId: string, now: EpochMs): Promise<void> {
  await pool.query(RIGHT, [hourOf(now), keyId, String(member)]);
}

export async function forgetAttempts(pool: Pool, before: EpochMs): Promise<void> {
  await pool.query(FORGET, [hourOf(before)]);
}

function hourOf(at: EpochMs): Date {
  return new Date(Math.floor(at / HOUR_MS) * HOUR_MS);
}

function toRedemption(row: Row): Redemption {
  return {
    member: Number(row.member_id),
    promo: row.promo,
    turn: row.turn,
    benefit: row.benefit,
    state: row.state,
    claimedAt: row.claimed_at.getTime(),
    ...(row.seq === null ? {} : { seq: row.seq }),
    codeHash: row.code_hash.replaceAll("-", ""),
  };
}
