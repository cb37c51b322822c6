import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { Lot } from "../core/wallet.ts";
import { LOT_JSON, type LotJson, toLot } from "./load-wallets.ts";

/** By primary key, oldest first; closed lots too. */
const LIST = `
select ${LOT_JSON} as lot from lot l
where l.bucket = $1 and l.member_id = $2 and (l.seq, l.part) > ($3, $4)
  and ($5::boolean is null or l.is_open or not $5)
order by l.seq, l.part limit $6`;

export async function listLots(
  client: ClientBase | Pool,
  member: MemberId,
  filter: { readonly isOpen?: boolean; readonly after?: readonly [number, number]; readonly limit: number },
): Promise<Lot[]> {
  const { rows } = await client.query<{ lot: LotJson }>(LIST, [
    bucketOf(member),
    member,
    filter.after?.[0] ?? 0,
    filter.after?.[1] ?? 0,
    filter.isOpen ?? null,
    filter.limit,
  ]);
  return rows.map((row) => toLot(row.lot));
}
