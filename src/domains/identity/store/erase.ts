import type { ClientBase } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";

/** By member: the indexes identifier_member, claim_member and game_name_member, and primary keys. Traits say what somebody chose, so they go too. */
const STATEMENTS = [
  "delete from identifier where member_id = any($2) and $1::int2[] is not null",
  "delete from claim where member_id = any($2) and $1::int2[] is not null",
  "delete from profile where bucket = any($1) and member_id = any($2)",
  "delete from member_key where bucket = any($1) and member_id = any($2)",
  "delete from member_trait where bucket = any($1) and member_id = any($2)",
  "delete from game_participant where bucket = any($1) and member_id = any($2)",
  "delete from game_name where member_id = any($2) and $1::int2[] is not null",
  "delete from game_answer where bucket = any($1) and member_id = any($2)",
  "delete from points_agreement where (member_id = any($2) or taker_id = any($2)) and $1::int2[] is not null",
  "delete from member_pair where (member_id = any($2) or other_id = any($2)) and $1::int2[] is not null",
];

/** Destroys what is personal of these members: their keys, what was sealed with them, and every hash that leads to them. */
export async function erasePersonal(client: ClientBase, members: readonly MemberId[]): Promise<void> {
  for (const statement of STATEMENTS) await client.query(statement, [members.map(bucketOf), members]);
}
