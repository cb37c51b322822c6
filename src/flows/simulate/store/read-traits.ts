import type { Pool } from "pg";
import type { Trait } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/** Along the primary key. */
const READ = `
select member_id, kind, key, (extract(epoch from valid_from) * 1000)::float8, (extract(epoch from valid_until) * 1000)::float8
from member_trait where bucket between $1 and $2 order by bucket, member_id, valid_from, kind, key`;

type Row = readonly [MemberId, Trait["kind"], string, number, number | null];

/** Traits of the members of some buckets as they stand now. */
export async function readTraits(pool: Pool, from: number, to: number): Promise<Map<MemberId, Trait[]>> {
  const { rows } = await pool.query<Row[]>({ text: READ, values: [from, to], rowMode: "array" } as never);
  const traits = new Map<MemberId, Trait[]>();
  for (const [member, kind, key, fromAt, untilAt] of rows as unknown as Row[]) {
    const trait: Trait = { kind, key, fromAt, ...(untilAt === null ? {} : { untilAt }) };
    const known = traits.get(member);
    if (known) known.push(trait);
    else traits.set(member, [trait]);
  }
  return traits;
}
