import { type BoughtCategories, type InferredAttribute, inferAttributes, loadTrees } from "#domains/identity/index.ts";
import { listOperations, loadSurvivors } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { DAY_MS } from "#kernel/time.ts";
import type { ProfileDeps } from "./deps.ts";

/** Receipts looked at, the newest first, over everybody that the member answers for. */
const MOST_RECEIPTS = 1_000;
/** Four half-lives of the usual rules: older ones weigh next to nothing. */
const LOOK_BACK_MS = 400 * DAY_MS;

/** What receipts suggest of a member at this moment, by the coalition's rules; undefined for no such member. */
export async function readAttributes(
  deps: ProfileDeps,
  named: MemberId,
): Promise<{ member: MemberId; attributes: InferredAttribute[] } | undefined> {
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const now = deps.clock.now();
  const tree = (await loadTrees(deps.pool, [wallet.member])).get(wallet.member) ?? [];
  const receipts: BoughtCategories[] = [];
  for (const member of tree) {
    const filter = { kind: "purchase", fromAt: now - LOOK_BACK_MS, limit: MOST_RECEIPTS };
    for (const { occurredAt, body } of await listOperations(deps.pool, member, filter)) {
      const { receipt } = body as { receipt?: { lines?: readonly { category: string }[] } };
      receipts.push({ at: occurredAt, categories: receipt?.lines?.map(({ category }) => category) ?? [] });
    }
  }
  return { member: wallet.member, attributes: inferAttributes(deps.attributeRules(), receipts, now) };
}
