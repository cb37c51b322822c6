import type { StatedAttribute } from "#domains/games/index.ts";
import { type BoughtCategories, type InferredAttribute, inferAttributes, loadTrees } from "#domains/identity/index.ts";
import { type HistoryStream, listOperations, loadSurvivors } from "#domains/ledger/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { statedAttributes } from "#flows/games/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { DAY_MS } from "#kernel/time.ts";
import type { ProfileDeps } from "./deps.ts";
import { historyStreams } from "./history-streams.ts";

/** Receipts looked at, the newest first, over everybody that the member answers for. */
const MOST_RECEIPTS = 1_000;
/** Four half-lives of the usual rules: older ones weigh next to nothing. */
const LOOK_BACK_MS = 400 * DAY_MS;

/** What receipts suggest, what the member has said himself with consent, or both. */
export type MemberAttribute = {
  readonly key: string;
  /** Basis points: 10,000 is certain, which it never is. */
  readonly confidenceBp: number;
  readonly receipts?: InferredAttribute["evidence"];
  readonly answers?: readonly StatedAttribute["evidence"][];
};

/**
 * What is known of a member at this moment: by receipts and the coalition's rules, and by answers whose consent holds;
 * undefined for no such member.
 */
export async function readAttributes(
  deps: ProfileDeps,
  named: MemberId,
): Promise<{ member: MemberId; attributes: MemberAttribute[] } | undefined> {
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const now = deps.clock.now();
  const tree = (await loadTrees(deps.pool, [wallet.member])).get(wallet.member) ?? [];
  const receipts = await keptReceipts(deps, await historyStreams(deps.pool, wallet.member), now);
  const inferred = inferAttributes(deps.attributeRules(), receipts, now);
  return { member: wallet.member, attributes: together(inferred, await statedAttributes(deps, tree)) };
}

type ReceiptBody = { readonly receipt?: { readonly lines?: readonly { category: string; amount: number }[] } };
type ReturnBody = { receiptId?: string; return?: { lines?: readonly { line: number; amount: number }[] } };

/** What was bought and kept, by category and everything that the category lies under. */
async function keptReceipts(
  deps: ProfileDeps,
  history: readonly HistoryStream[],
  now: number,
): Promise<BoughtCategories[]> {
  const filter = { fromAt: now - LOOK_BACK_MS, limit: MOST_RECEIPTS };
  const read = async (kind: string) => {
    const streams = await Promise.all(
      history.map(({ member, ...of }) => listOperations(deps.pool, member, { ...filter, ...of, kind })),
    );
    return streams.flat();
  };
  const broughtBack = new Map<string, number>();
  for (const { body } of await read("return")) {
    const { receiptId, return: back } = body as ReturnBody;
    for (const { line, amount } of back?.lines ?? []) {
      const key = `${receiptId} ${line}`;
      broughtBack.set(key, (broughtBack.get(key) ?? 0) + amount);
    }
  }
  return (await read("purchase")).map(({ occurredAt, receiptId, body }) => {
    const lines = (body as ReceiptBody).receipt?.lines ?? [];
    const kept = lines.filter(({ amount }, line) => amount > (broughtBack.get(`${receiptId} ${line}`) ?? 0));
    const categories = new Set(kept.flatMap(({ category }) => withAbove(deps.programmes.latest, category)));
    return { at: occurredAt, categories: [...categories] };
  });
}

function withAbove(programme: CompiledProgramme | undefined, category: string): string[] {
  const all = [category];
  const index = programme?.categories;
  for (let at = index?.parents[index.numbers.get(category) ?? -1] ?? -1; at >= 0; at = index?.parents[at] ?? -1) {
    all.push(index?.ids[at] as string);
  }
  return all;
}

/** Two independent grounds for one attribute are surer than either: 1 − (1 − a)(1 − b). The surest first. */
function together(inferred: readonly InferredAttribute[], stated: readonly StatedAttribute[]): MemberAttribute[] {
  const all = new Map<string, MemberAttribute>();
  for (const { key, confidenceBp, evidence } of inferred) all.set(key, { key, confidenceBp, receipts: evidence });
  for (const { key, confidenceBp, evidence } of stated) {
    const known = all.get(key);
    const doubt = ((10_000 - (known?.confidenceBp ?? 0)) * (10_000 - confidenceBp)) / 10_000;
    const answers = [...(known?.answers ?? []), evidence];
    all.set(key, { ...known, key, confidenceBp: Math.floor(10_000 - doubt), answers });
  }
  return [...all.values()].sort((a, b) => b.confidenceBp - a.confidenceBp || (a.key < b.key ? -1 : 1));
}
