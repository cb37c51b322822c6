import type { ClientBase } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array, textArray, timestamptzArray } from "#platform/postgres/binary-arrays.ts";
import type { Trait } from "../core/wallet.ts";

/** New rows by primary key; a member that is there already raises 23505. Every insert returns, and is counted. */
const INSERT_WALLETS = `
insert into wallet (bucket, member_id, seq, created_at)
select bucket, member_id, 0, created_at from unnest($1::int2[], $2::int8[], $3::timestamptz[])
  as x(bucket, member_id, created_at)
returning 1`;

/** A trait that is there already only learns when it ends. */
const PUT_TRAITS = `
insert into member_trait (bucket, member_id, kind, key, valid_from, valid_until)
select * from unnest($1::int2[], $2::int8[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
on conflict (bucket, member_id, kind, key, valid_from) do update set valid_until = excluded.valid_until
returning 1`;

export async function insertWallets(
  client: ClientBase,
  members: readonly { readonly member: MemberId; readonly createdAt: EpochMs }[],
): Promise<void> {
  await client.query(INSERT_WALLETS, [
    int2Array(members.map(({ member }) => bucketOf(member))),
    int8Array(members.map(({ member }) => member)),
    timestamptzArray(members.map(({ createdAt }) => createdAt)),
  ]);
}

export async function putTraits(
  client: ClientBase,
  traits: readonly (Trait & { readonly member: MemberId })[],
): Promise<void> {
  if (traits.length === 0) return;
  await client.query(PUT_TRAITS, [
    int2Array(traits.map(({ member }) => bucketOf(member))),
    int8Array(traits.map(({ member }) => member)),
    textArray(traits.map(({ kind }) => kind)),
    textArray(traits.map(({ key }) => key)),
    timestamptzArray(traits.map(({ fromAt }) => fromAt)),
    timestamptzArray(traits.map(({ untilAt }) => untilAt ?? null)),
  ]);
}
