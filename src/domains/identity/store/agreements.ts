import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** One member lets another person of the household take points out of its wallet. */
export type PointsAgreement = { readonly giver: MemberId; readonly taker: MemberId; readonly since: EpochMs };

/** By points_agreement_one: an agreement that stands is told once. */
const AGREE = `
insert into points_agreement (bucket, member_id, taker_id, since, recorded_by) values ($1, $2, $3, $4, $5)
on conflict do nothing returning 1`;

export async function insertAgreement(
  client: ClientBase,
  agreement: PointsAgreement & { readonly by: string },
): Promise<void> {
  const { giver, taker, since, by } = agreement;
  await client.query(AGREE, [bucketOf(giver), giver, taker, new Date(since), by]);
}

/** By points_agreement_one and points_agreement_taker: all that stand of these members, either way. */
const STANDING = `
select member_id, taker_id, since from points_agreement
where ended_at is null and ((bucket = any($1) and member_id = any($2)) or taker_id = any($2)) order by since, member_id, taker_id`;

export async function standingAgreements(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<PointsAgreement[]> {
  const { rows } = await client.query<{ member_id: number | string; taker_id: number | string; since: Date }>(
    STANDING,
    [members.map(bucketOf), members],
  );
  return rows.map((row) => ({
    giver: Number(row.member_id),
    taker: Number(row.taker_id),
    since: row.since.getTime(),
  }));
}

/** By points_agreement_one. Returns how many there were. */
const END = `
update points_agreement set ended_at = $3, ended_by = $4
where bucket = any($1) and member_id = any($2) and ended_at is null and ($5::int8[] is null or taker_id = any($5)) returning 1`;
/** By points_agreement_taker. */
const END_TAKING = `
update points_agreement set ended_at = $2, ended_by = $3 where taker_id = any($1) and ended_at is null returning 1`;

/** Ends what these members have agreed to: with the takers named, or with everybody, then what they may take too. */
export async function endAgreements(
  client: ClientBase,
  givers: readonly MemberId[],
  takers: readonly MemberId[] | "all",
  ended: { readonly at: EpochMs; readonly by: string },
): Promise<number> {
  const at = new Date(ended.at);
  const named = takers === "all" ? null : takers;
  const given = await client.query(END, [givers.map(bucketOf), givers, at, ended.by, named]);
  const taken = takers === "all" ? await client.query(END_TAKING, [givers, at, ended.by]) : { rowCount: 0 };
  return (given.rowCount ?? 0) + (taken.rowCount ?? 0);
}
