import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId, type PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import {
  byteaArray,
  int2Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from "#platform/postgres/binary-arrays.ts";
import type { Consents } from "../core/profile.ts";
import type { Decision, Why } from "../core/resolve.ts";

export type ProfileRef = { readonly member: MemberId; readonly partner: PartnerId; readonly externalHash: Uint8Array };

export type StoredProfile = ProfileRef & {
  readonly bodyHash: Buffer;
  readonly sealed: Buffer;
  readonly consents: Consents;
  readonly identifiers: readonly (readonly [kind: string, hash: string, verified: boolean])[];
  readonly decision: Decision;
  readonly why: readonly Why[];
  readonly toldAt: EpochMs;
  readonly firstAt: EpochMs;
  readonly changedAt: EpochMs;
};

const COLUMNS = `p.member_id, p.partner, p.external_hash, p.body_hash, p.sealed, p.consents, p.identifiers, p.decision, p.why,
  p.told_at, p.first_at, p.changed_at`;

/** By primary key, locked: the same profile sent twice at once is written one after the other. */
const FIND = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[], $3::text[], $4::uuid[]) as x(bucket, member_id, partner, external_hash)
join profile p on p.bucket = x.bucket and p.member_id = x.member_id and p.partner = x.partner
  and p.external_hash = x.external_hash
order by p.bucket, p.member_id, p.partner, p.external_hash for update of p`;

/** By primary key, a member's profiles together. */
const OF_MEMBERS = `
select ${COLUMNS} from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join profile p on p.bucket = x.bucket and p.member_id = x.member_id order by p.first_at, p.partner`;

/** Along the primary key: a page of members that have profiles. */
const MEMBERS = `
select distinct bucket, member_id from profile where (bucket, member_id) > ($1, $2) order by bucket, member_id limit $3`;

/** Members that profiles were made with, in the order of storage, after the one given. */
export async function listProfileMembers(pool: Pool, after: MemberId | undefined, limit: number): Promise<MemberId[]> {
  const values = after === undefined ? [-1, 0, limit] : [bucketOf(after), after, limit];
  const { rows } = await pool.query<{ member_id: number | string }>(MEMBERS, values);
  return rows.map((row) => Number(row.member_id));
}

/** First told stays; everything else is as told last. */
const UPSERT = `
insert into profile (bucket, member_id, partner, external_hash, body_hash, sealed, consents, identifiers, decision, why,
                     told_at, first_at, changed_at)
select * from unnest($1::int2[], $2::int8[], $3::text[], $4::uuid[], $5::uuid[], $6::bytea[], $7::json[], $8::json[], $9::text[],
                     $10::json[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
on conflict (bucket, member_id, partner, external_hash) do update set
  body_hash = excluded.body_hash, sealed = excluded.sealed, consents = excluded.consents,
  identifiers = excluded.identifiers, decision = excluded.decision, why = excluded.why, told_at = excluded.told_at,
  changed_at = excluded.changed_at
returning 1`;

type Row = {
  member_id: number | string;
  partner: string;
  external_hash: string;
  body_hash: string;
  sealed: Buffer;
  consents: Consents;
  identifiers: [string, string, boolean][];
  decision: Decision;
  why: Why[];
  told_at: Date;
  first_at: Date;
  changed_at: Date;
};

export async function lockProfiles(client: ClientBase, refs: readonly ProfileRef[]): Promise<StoredProfile[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<Row>({ name: "lock-profiles", text: FIND, values: refColumns(refs) });
  return rows.map(toProfile);
}

export async function profilesOf(client: ClientBase | Pool, members: readonly MemberId[]): Promise<StoredProfile[]> {
  const values = [int2Array(members.map(bucketOf)), int8Array(members)];
  const { rows } = await client.query<Row>({ name: "profiles-of", text: OF_MEMBERS, values });
  return rows.map(toProfile);
}

export async function upsertProfiles(client: ClientBase, profiles: readonly StoredProfile[]): Promise<void> {
  if (profiles.length === 0) return;
  await client.query({
    name: "upsert-profiles",
    text: UPSERT,
    values: [
      ...refColumns(profiles),
      uuidArray(profiles.map((each) => each.bodyHash)),
      byteaArray(profiles.map((each) => each.sealed)),
      jsonArray(profiles.map((each) => JSON.stringify(each.consents))),
      jsonArray(profiles.map((each) => JSON.stringify(each.identifiers))),
      textArray(profiles.map((each) => each.decision)),
      jsonArray(profiles.map((each) => JSON.stringify(each.why))),
      timestamptzArray(profiles.map((each) => each.toldAt)),
      timestamptzArray(profiles.map((each) => each.firstAt)),
      timestamptzArray(profiles.map((each) => each.changedAt)),
    ],
  });
}

export function refColumns(refs: readonly ProfileRef[]): Buffer[] {
  return [
    int2Array(refs.map(({ member }) => bucketOf(member))),
    int8Array(refs.map(({ member }) => member)),
    textArray(refs.map(({ partner }) => partner)),
    uuidArray(refs.map(({ externalHash }) => externalHash)),
  ];
}

function toProfile(row: Row): StoredProfile {
  return {
    member: Number(row.member_id),
    partner: row.partner,
    externalHash: hashBytes(row.external_hash),
    bodyHash: hashBytes(row.body_hash),
    sealed: row.sealed,
    consents: row.consents,
    identifiers: row.identifiers,
    decision: row.decision,
    why: row.why,
    toldAt: row.told_at.getTime(),
    firstAt: row.first_at.getTime(),
    changedAt: row.changed_at.getTime(),
  };
}

export function hashBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}
