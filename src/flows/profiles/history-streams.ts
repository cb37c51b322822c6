import type { Pool } from "pg";
import { loadKin } from "#domains/identity/index.ts";
import type { HistoryStream } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";

/**
 * The streams that hold the history of a member that answers for itself: its own, of everybody merged into it, and of whoever
 * answered for one of them before. What was made with an identifier is told to whoever answers for that identifier now, and
 * to nobody else: two strangers who were taken for one don't go on reading each other's receipts.
 */
export async function historyStreams(pool: Pool, member: MemberId): Promise<HistoryStream[]> {
  const { tree, elsewhere, hasLeft } = await loadKin(pool, member);
  const own = tree.map((each) => (hasLeft ? { member: each, madeFor: tree } : { member: each }));
  return [...own, ...elsewhere.map((each) => ({ member: each, madeFor: tree }))];
}
