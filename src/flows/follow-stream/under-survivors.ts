import type { PoolClient } from "pg";
import { loadSurvivors, survivorsOf } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/**
 * What happened to a member that was merged since happened to who answers for it, under the survivor's numbers: `renumber`
 * gives the row with so much added to its own. Rows of everybody else are left as they are.
 */
export async function underSurvivors<Row extends { readonly member: MemberId }>(
  client: PoolClient,
  rows: readonly Row[],
  renumber: (row: Row, shift: number) => Row,
): Promise<readonly Row[]> {
  const members = [...new Set(rows.map(({ member }) => member))];
  if (members.length === 0) return rows;
  const roots = await survivorsOf(client, members);
  const merged = members.filter((member) => roots.get(member) !== undefined && roots.get(member) !== member);
  if (merged.length === 0) return rows;
  const survivors = await loadSurvivors(client, merged);
  return rows.map((row) => {
    const survivor = survivors.get(row.member);
    if (survivor === undefined || survivor.wallet.member === row.member) return row;
    return { ...renumber(row, survivor.shift), member: survivor.wallet.member };
  });
}
