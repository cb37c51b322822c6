import type { ClientBase, Pool } from "pg";
import { BUCKETS, bucketOf, type MemberId } from "#kernel/ids.ts";
import { hash32 } from "#kernel/random.ts";
import type { EpochMs } from "#kernel/time.ts";

export type Participant = {
  readonly member: MemberId;
  readonly game: string;
  readonly name: string;
  readonly joinedAt: EpochMs;
};

/** By primary key. */
export async function readParticipant(
  client: ClientBase | Pool,
  member: MemberId,
  game: string,
): Promise<Participant | undefined> {
  const { rows } = await client.query<{ name: string; joined_at: Date }>(
    "select name, joined_at from game_participant where bucket = $1 and member_id = $2 and game = $3",
    [bucketOf(member), member, game],
  );
  return rows[0] && { member, game, name: rows[0].name, joinedAt: rows[0].joined_at.getTime() };
}

/** By primary key: of two with one name the second waits for the first, and finds it taken. */
const CLAIM = `
insert into game_name (name_bucket, game, skeleton, member_id) values ($1, $2, $3, $4)
on conflict (name_bucket, game, skeleton) do update set member_id = game_name.member_id returning member_id`;

/** Claims a name by what it looks like; false when another member has it. */
export async function claimName(
  client: ClientBase,
  game: string,
  skeleton: string,
  member: MemberId,
): Promise<boolean> {
  const { rows } = await client.query<{ member_id: number }>(CLAIM, [nameBucket(skeleton), game, skeleton, member]);
  return rows[0]?.member_id === member;
}

/** By game_name_member. */
export async function releaseNames(client: ClientBase, game: string, member: MemberId, but?: string): Promise<void> {
  await client.query("delete from game_name where member_id = $1 and game = $2 and skeleton <> $3", [
    member,
    game,
    but ?? "",
  ]);
}

/** By primary key. */
const PUT = `
insert into game_participant (bucket, member_id, game, name, joined_at) values ($1, $2, $3, $4, $5)
on conflict (bucket, member_id, game) do update set name = excluded.name`;

export async function putParticipant(client: ClientBase, row: Participant): Promise<void> {
  await client.query(PUT, [bucketOf(row.member), row.member, row.game, row.name, new Date(row.joinedAt)]);
}

/** By primary key. */
export async function removeParticipant(client: ClientBase, member: MemberId, game: string): Promise<void> {
  await client.query("delete from game_participant where bucket = $1 and member_id = $2 and game = $3", [
    bucketOf(member),
    member,
    game,
  ]);
}

function nameBucket(skeleton: string): number {
  return hash32(skeleton) & (BUCKETS - 1);
}
