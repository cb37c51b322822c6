import type { ClientBase, Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";
import { int2Array, int8Array, textArray, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { IdentifierKey } from "../core/identifier-key.ts";
import { hashBytes, type ProfileRef, refColumns } from "./profiles.ts";

export type Claim = ProfileRef & { readonly key: IdentifierKey };

/** By claim_member: what these profiles said before. */
const FORGET = `
delete from claim c using unnest($1::int2[], $2::int8[], $3::text[], $4::uuid[]) as x(bucket, member_id, partner, external_hash)
where c.member_id = x.member_id and c.partner = x.partner and c.external_hash = x.external_hash`;

const INSERT = `
insert into claim (id_bucket, kind, value_hash, member_id, partner, external_hash)
select distinct * from unnest($1::int2[], $2::text[], $3::uuid[], $4::int8[], $5::text[], $6::uuid[])
returning 1`;

/** What these profiles say now, in the place of what they said before. `changed`: those that were there before. */
export async function replaceClaims(
  client: ClientBase,
  changed: readonly ProfileRef[],
  claims: readonly Claim[],
): Promise<void> {
  if (changed.length > 0) await client.query({ name: "forget-claims", text: FORGET, values: refColumns(changed) });
  if (claims.length === 0) return;
  await client.query({
    name: "insert-claims",
    text: INSERT,
    values: [
      int2Array(claims.map(({ key }) => key.idBucket)),
      textArray(claims.map(({ key }) => key.kind)),
      uuidArray(claims.map(({ key }) => key.valueHash)),
      int8Array(claims.map(({ member }) => member)),
      textArray(claims.map(({ partner }) => partner)),
      uuidArray(claims.map(({ externalHash }) => externalHash)),
    ],
  });
}

/** By claim_member. */
const OF_KIND = `select member_id, value_hash from claim where member_id = any($1) and kind = $2`;

/** Keyed hashes (hex) that profiles of these members claim, of one kind. */
export async function claimsOfKind(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  kind: string,
): Promise<{ member: MemberId; hash: string }[]> {
  if (members.length === 0) return [];
  const { rows } = await client.query<{ member_id: number | string; value_hash: string }>({
    name: "claims-of-kind",
    text: OF_KIND,
    values: [members, kind],
  });
  return rows.map((row) => ({ member: Number(row.member_id), hash: hashBytes(row.value_hash).toString("hex") }));
}

/** By claim_member, then by primary key: others that say the same; a value that many share makes no household. */
const SHARED = `
with own as (select distinct id_bucket, kind, value_hash from claim where member_id = any($1) and kind <> 'birth-date'),
shared as (
  select o.kind, c.member_id, count(*) over (partition by o.id_bucket, o.kind, o.value_hash) as holders
  from own o join claim c on c.id_bucket = o.id_bucket and c.kind = o.kind and c.value_hash = o.value_hash
  where c.member_id <> all($1)
)
select member_id, array_agg(distinct kind) as kinds from shared where holders <= $2 group by member_id order by member_id`;

export async function sharingMembers(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  mostHolders: number,
): Promise<{ member: MemberId; kinds: string[] }[]> {
  const { rows } = await client.query<{ member_id: number | string; kinds: string[] }>(SHARED, [members, mostHolders]);
  return rows.map((row) => ({ member: Number(row.member_id), kinds: row.kinds }));
}

/** By claim_member and identifier_member, then by the primary key of the other: what one claims and another has proof of. */
const CLAIMED = `
select c.kind from claim c join identifier i on i.id_bucket = c.id_bucket and i.kind = c.kind and i.value_hash = c.value_hash
where c.member_id = any($1) and i.member_id = any($2)
union
select i.kind from identifier i join claim c on c.id_bucket = i.id_bucket and c.kind = i.kind and c.value_hash = i.value_hash
where i.member_id = any($1) and c.member_id = any($2)`;

/** Kinds of identifiers that profiles of the one say they have and the other has, either way round. */
export async function claimedOfEachOther(
  client: ClientBase | Pool,
  one: readonly MemberId[],
  other: readonly MemberId[],
): Promise<string[]> {
  const { rows } = await client.query<{ kind: string }>(CLAIMED, [one, other]);
  return rows.map(({ kind }) => kind).sort();
}
