import type { Pool } from "pg";
import { loadWallets } from "#domains/ledger/index.ts";
import { type Happening, loadProgress, type MissionTerms } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { DAY_MS, type EpochMs } from "#kernel/time.ts";
import { loadViews } from "../progress/load-views.ts";
import { readEvents, readReceipts, sampleMembers } from "../store/sample-histories.ts";
import type { PastMember } from "./past.ts";

/** What is read of which members. */
export type PastRequest = {
  readonly members: number;
  readonly fromAt: EpochMs;
  readonly now: EpochMs;
  readonly events: boolean;
  readonly receipts: boolean;
  /** Whose first contacts and completions of what comes before are needed. */
  readonly missions: readonly MissionTerms[];
};

/** Members taken at will, with what they did in [fromAt, now). */
export async function readPast(
  pool: Pool,
  programme: CompiledProgramme,
  { members: count, fromAt, now, events, receipts, missions }: PastRequest,
): Promise<PastMember[]> {
  const members = await sampleMembers(pool, count);
  if (members.length === 0) return [];
  const [views, wallets, told, bought, done] = await Promise.all([
    loadViews(pool, programme, missions, members),
    loadWallets(pool, members),
    events ? readEvents(pool, members, fromAt, now) : undefined,
    receipts ? readReceipts(pool, members, fromAt, now) : undefined,
    missions.some(({ after }) => after.length > 0) ? doneBy(pool, members) : undefined,
  ]);
  return members.flatMap((member) => {
    const view = views.get(member);
    if (view === undefined) return [];
    const own = bought?.get(member) ?? [];
    const happenings: Happening[] = [
      ...(told?.get(member) ?? []),
      ...own.map(({ source, receipt: { partner, at, lines } }) => ({
        ...{ kind: "purchase" as const, source, partner, at },
        lines: lines.map(({ category, amountKopecks }) => ({ category, amount: amountKopecks })),
      })),
    ];
    const earlier = [...(wallets.get(member)?.firstPurchaseAt ?? [])].filter(([, at]) => at < fromAt);
    return {
      ...view,
      firstPurchaseAt: new Map(earlier),
      happenings,
      receipts: own.map(({ receipt }) => receipt),
      hasDone: (mission: string) => done?.has(`${member} ${mission}`) === true,
    };
  });
}

async function doneBy(pool: Pool, members: readonly MemberId[]): Promise<Set<string>> {
  const progress = await loadProgress(pool, members);
  return new Set(
    progress.filter(({ done }) => done !== undefined).map(({ member, mission }) => `${member} ${mission}`),
  );
}

/** A young programme has no past of that length: from the first day of which anything is known, in whole days before `now`. */
export function knownFrom(members: readonly PastMember[], fromAt: EpochMs, now: EpochMs): EpochMs {
  let first = now - DAY_MS;
  for (const { happenings } of members) for (const { at } of happenings) first = Math.min(first, at);
  return Math.max(fromAt, now - Math.ceil((now - first) / DAY_MS) * DAY_MS);
}
