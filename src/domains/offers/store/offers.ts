import type { Pool } from "pg";
import { type StoredWork, workStore } from "#domains/publishing/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array, textArray } from "#platform/postgres/binary-arrays.ts";
import type { OfferDocument } from "../core/document/schema.ts";
import type { OfferForecast } from "../core/forecast.ts";

export type StoredOffer = StoredWork<OfferDocument, OfferForecast>;

/** Tables `offer` and `offer_log`. */
export const offerStore = workStore<OfferDocument, OfferForecast>("offer");

/** By primary key, in its order; who has it already keeps it. */
const ASSIGN = `
insert into offer_assignment (bucket, member_id, offer, assigned_at, assigned_by)
select x.bucket, x.member_id, x.offer, $4, $5 from unnest($1::int2[], $2::int8[], $3::text[]) as x(bucket, member_id, offer)
order by x.bucket, x.member_id, x.offer
on conflict (bucket, member_id, offer) do nothing
returning member_id, offer`;

export type Assignment = { readonly member: MemberId; readonly offer: string };

/** Notes to whom offers are assigned; gives those that were not yet. */
export async function putAssignments(
  pool: Pool,
  assignments: readonly Assignment[],
  at: EpochMs,
  by: string,
): Promise<Assignment[]> {
  const { rows } = await pool.query<{ member_id: number | string; offer: string }>(ASSIGN, [
    int2Array(assignments.map(({ member }) => bucketOf(member))),
    int8Array(assignments.map(({ member }) => member)),
    textArray(assignments.map(({ offer }) => offer)),
    new Date(at),
    by,
  ]);
  return rows.map((row) => ({ member: Number(row.member_id), offer: row.offer }));
}

/** By a prefix of the primary key, one range a member. */
const ASSIGNED = `
select a.offer from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join offer_assignment a on a.bucket = x.bucket and a.member_id = x.member_id`;

/** Offers assigned to any of these: a member and those that it answers for. */
export async function assignedOffers(pool: Pool, members: readonly MemberId[]): Promise<Set<string>> {
  const values = [int2Array(members.map(bucketOf)), int8Array(members)];
  const { rows } = await pool.query<{ offer: string }>(ASSIGNED, values);
  return new Set(rows.map(({ offer }) => offer));
}
