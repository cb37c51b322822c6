import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId, type PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int4Array, int8Array } from "#platform/postgres/binary-arrays.ts";

/** Points that wait for the top-up of a deposit; of one operation there may be several, by the times of their lots. */
export type Reserve = {
  readonly member: MemberId;
  readonly seq: number;
  readonly part: number;
  readonly partner: PartnerId;
  readonly funders: readonly PartnerId[];
  readonly asked: readonly PointsCents[];
  readonly given: readonly PointsCents[];
  /** [operation, funder, cents] of the awards that gave of it. */
  readonly givenBy: readonly (readonly [number, PartnerId, PointsCents])[];
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs | undefined;
  readonly reservedAt: EpochMs;
  readonly untilAt: EpochMs;
  readonly wholeKopecks: Kopecks;
  readonly returnedKopecks: Kopecks;
  readonly turn: number;
  readonly state: "waiting" | "given" | "lapsed" | "returned";
};

export type NewReserve = Omit<Reserve, "given" | "givenBy" | "returnedKopecks" | "turn" | "state">;

const INSERT = `
insert into funder_reserve (bucket, member_id, seq, part, partner, funders, asked, given, available_at, expires_at,
                            reserved_at, until_at, whole_kopecks)
values ($1, $2, $3, $4, $5, $6, $7, array_fill(0::int8, array[cardinality($7::int8[])]), $8, $9, $10, $11, $12)
on conflict do nothing`;

/** Each comes once, by the position of whoever follows the operations; rare, so one by one. */
export async function insertReserves(client: ClientBase, reserves: readonly NewReserve[]): Promise<void> {
  for (const each of reserves) {
    await client.query(INSERT, [
      bucketOf(each.member),
      each.member,
      each.seq,
      each.part,
      each.partner,
      each.funders,
      each.asked,
      new Date(each.availableAt),
      each.expiresAt === undefined ? null : new Date(each.expiresAt),
      new Date(each.reservedAt),
      new Date(each.untilAt),
      each.wholeKopecks,
    ]);
  }
}

/** What has been returned of a purchase so far. */
export type ReturnedSoFar = { readonly member: MemberId; readonly seq: number; readonly kopecks: Kopecks };

/** By primary key's prefix: most returns are of receipts that reserved nothing. Of several of one purchase the most counts. */
const NOTE_RETURNED = `
update funder_reserve r set returned_kopecks = x.kopecks, is_due = true
from (select bucket, member_id, seq, max(kopecks) as kopecks
      from unnest($1::int2[], $2::int8[], $3::int4[], $4::int8[]) as x(bucket, member_id, seq, kopecks) group by 1, 2, 3) as x
where r.bucket = x.bucket and r.member_id = x.member_id and r.seq = x.seq and r.returned_kopecks < x.kopecks`;

export async function noteReturned(client: ClientBase, returned: readonly ReturnedSoFar[]): Promise<void> {
  if (returned.length === 0) return;
  await client.query(NOTE_RETURNED, [
    int2Array(returned.map(({ member }) => bucketOf(member))),
    int8Array(returned.map(({ member }) => member)),
    int4Array(returned.map(({ seq }) => seq)),
    int8Array(returned.map(({ kopecks }) => kopecks)),
  ]);
}

/** A merged member's reserves go to who answers for it, under the numbers that its operations have there. */
export async function moveReserves(client: ClientBase, from: MemberId, to: MemberId, base: number): Promise<void> {
  await client.query(
    `update funder_reserve set bucket = $1, member_id = $2, seq = seq + $3 where bucket = $4 and member_id = $5`,
    [bucketOf(to), to, base, bucketOf(from), from],
  );
}

/** What a reserve still has to give of one funder's points; floors as a return's take-back does. By funder_reserve_waiting. */
const WAITING = `
select u.funder, sum(case when r.whole_kopecks = 0 then u.asked
                          else u.asked - u.asked * least(r.returned_kopecks, r.whole_kopecks) / r.whole_kopecks end - u.given)::int8 as cents
from funder_reserve r cross join lateral unnest(r.funders, r.asked, r.given) as u(funder, asked, given)
where r.state = 'waiting' group by u.funder`;

/** What waits for each funder, those too that pay a share of what waits for another. */
export async function waitingByFunder(client: ClientBase | Pool): Promise<Map<PartnerId, PointsCents>> {
  const { rows } = await client.query<{ funder: PartnerId; cents: number }>(WAITING);
  return new Map(rows.map((row) => [row.funder, Math.max(0, row.cents)]));
}

const COLUMNS = `member_id, seq, part, partner, funders, asked, given, given_by, available_at, expires_at, reserved_at,
  until_at, whole_kopecks, returned_kopecks, turn, state`;

/** In the order in which they were reserved, by funder_reserve_waiting. */
const LIST_WAITING = `
select ${COLUMNS} from funder_reserve
where state = 'waiting' and (reserved_at, bucket, member_id, seq, part) > ($1, $2, $3, $4, $5)
order by reserved_at, bucket, member_id, seq, part limit $6`;

export async function listWaiting(
  client: ClientBase | Pool,
  after: Reserve | undefined,
  limit: number,
): Promise<Reserve[]> {
  const { rows } = await client.query<Row>(LIST_WAITING, [
    new Date(after?.reservedAt ?? 0),
    after === undefined ? -1 : bucketOf(after.member),
    after?.member ?? 0,
    after?.seq ?? 0,
    after?.part ?? 0,
    limit,
  ]);
  return rows.map(toReserve);
}

/** By funder_reserve_due. */
export async function listReturnedReserves(client: ClientBase | Pool, limit: number): Promise<Reserve[]> {
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from funder_reserve where is_due order by bucket, member_id, seq, part limit $1`,
    [limit],
  );
  return rows.map(toReserve);
}

const PUT = `
update funder_reserve set given = $5, given_by = $6, state = $7, turn = turn + $8::int,
  is_due = is_due and returned_kopecks <> $9
where bucket = $1 and member_id = $2 and seq = $3 and part = $4 and turn = $10`;

/** Notes what one operation gave or took (`isTurn`), or a new state; false when it was noted already. */
export async function putReserve(client: ClientBase | Pool, before: Reserve, after: Reserve, isTurn: boolean) {
  const { rowCount } = await client.query(PUT, [
    bucketOf(before.member),
    before.member,
    before.seq,
    before.part,
    after.given,
    JSON.stringify(after.givenBy),
    after.state,
    isTurn ? 1 : 0,
    before.returnedKopecks,
    before.turn,
  ]);
  return rowCount === 1;
}

type Row = {
  member_id: number;
  seq: number;
  part: number;
  partner: PartnerId;
  funders: PartnerId[];
  asked: number[];
  given: number[];
  given_by: [number, PartnerId, PointsCents][];
  available_at: Date;
  expires_at: Date | null;
  reserved_at: Date;
  until_at: Date;
  whole_kopecks: number;
  returned_kopecks: number;
  turn: number;
  state: Reserve["state"];
};

function toReserve(row: Row): Reserve {
  return {
    member: row.member_id,
    seq: row.seq,
    part: row.part,
    partner: row.partner,
    funders: row.funders,
    asked: row.asked.map(Number),
    given: row.given.map(Number),
    givenBy: row.given_by,
    availableAt: row.available_at.getTime(),
    expiresAt: row.expires_at?.getTime(),
    reservedAt: row.reserved_at.getTime(),
    untilAt: row.until_at.getTime(),
    wholeKopecks: row.whole_kopecks,
    returnedKopecks: row.returned_kopecks,
    turn: row.turn,
    state: row.state,
  };
}
