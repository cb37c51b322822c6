import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import {
  assembleSettlement,
  beginClosing,
  type CloseStep,
  compareTotals,
  freeze,
  ledgerTotals,
  monthsInTheWay,
  moveFence,
  noteRefusal,
  noteStep,
  readStored,
  type Settlement,
  type SettlementTerms,
  type TotalDifference,
  warehouseTotals,
} from "#domains/settlement/index.ts";
import { type FeedDeps, hasPassed, markNow, movedOperations } from "#flows/feed/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import {
  type Calendar,
  type Day,
  type EpochMs,
  firstDayOf,
  formatInstant,
  formatMonth,
  lastDayOf,
  type Month,
} from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";

export type CloseProgress = {
  readonly step: CloseStep;
  /** 0..1 over the whole close. */
  readonly progress: number;
};

export type CloseDeps = {
  readonly pool: Pool;
  readonly warehouse: ClickHouseClient;
  readonly feed: Pick<FeedDeps, "pool" | "nodes">;
  readonly clock: { now(): EpochMs };
  readonly calendar: Calendar;
  /** Books what falls due up to the end of the day for members who do nothing; may be run again. */
  readonly sweep: (untilDay: Day, signal: AbortSignal, onShare: (share: number) => void) => Promise<void>;
  readonly terms: (month: Month) => Promise<SettlementTerms>;
  readonly onProgress?: (progress: CloseProgress) => void;
  readonly pollMs?: number;
  /** How long the feed may stand still before the close gives up; it may be asked for again. */
  readonly feedPatienceMs?: number;
};

export type CloseFailure =
  | { readonly code: "month-not-over"; readonly endsAt: string }
  | { readonly code: "month-already-closed"; readonly closedAt: string }
  | { readonly code: "earlier-month-open"; readonly months: string[] }
  | { readonly code: "later-month-closed"; readonly months: string[] }
  | { readonly code: "feed-behind"; readonly waitedSeconds: number }
  | { readonly code: "totals-differ"; readonly differences: TotalDifference[] };

const DEFAULT_POLL_MS = 200;
const DEFAULT_FEED_PATIENCE_MS = 2 * 60_000;

/**
 * Closes a month: books what is due, fences it off, waits until the warehouse has all of it, computes the matrix there, checks
 * it against PostgreSQL's own operations to the cent, stores and freezes it. Every step may be repeated, so a close that was
 * cut off anywhere is simply asked for again. On a difference the month stays fenced and open.
 */
export async function closeMonth(
  deps: CloseDeps,
  month: Month,
  signal: AbortSignal,
): Promise<Result<Settlement, CloseFailure>> {
  const refusal = await refuseClose(deps, month);
  if (refusal) return err(refusal);
  const enter = async (step: CloseStep) => {
    signal.throwIfAborted();
    await noteStep(deps.pool, month, step);
    deps.onProgress?.({ step, progress: STARTS_AT[step] });
  };
  await beginClosing(deps.pool, month, deps.clock.now());
  await enter("sweep");
  await deps.sweep(lastDayOf(month), signal, (share) => {
    deps.onProgress?.({ step: "sweep", progress: between("sweep", "fence", share) });
  });
  await enter("fence");
  await moveFence(deps.pool, month + 1);
  await enter("feed");
  const waitedMs = await waitForFeed(deps, signal);
  if (waitedMs !== undefined) return err({ code: "feed-behind", waitedSeconds: Math.round(waitedMs / 1000) });
  await enter("totals");
  const [warehouse, ledger] = await Promise.all([
    warehouseTotals(deps.warehouse, month),
    ledgerTotals(deps.pool, month, (done, days) => {
      signal.throwIfAborted();
      deps.onProgress?.({ step: "totals", progress: between("totals", "freeze", done / days) });
    }),
  ]);
  const differences = compareTotals(warehouse, ledger);
  if (differences.length > 0) {
    await noteRefusal(deps.pool, month, differences);
    return err({ code: "totals-differ", differences });
  }
  await enter("freeze");
  const { settlement, totals, acts } = await assembleSettlement(deps.pool, month, ledger, await deps.terms(month));
  await freeze(deps.pool, month, settlement, totals, acts, deps.clock.now());
  deps.onProgress?.({ step: "done", progress: 1 });
  return ok(await readClosed(deps.pool, month));
}

/** Where each step begins on the way from 0 to 1; reading ten million operations takes longest. */
const STARTS_AT: Readonly<Record<CloseStep, number>> = {
  sweep: 0,
  fence: 0.2,
  feed: 0.25,
  totals: 0.35,
  freeze: 0.95,
  done: 1,
};

function between(from: CloseStep, to: CloseStep, share: number): number {
  return STARTS_AT[from] + (STARTS_AT[to] - STARTS_AT[from]) * share;
}

/** Why a month can't be closed now; reads only. */
export async function refuseClose(deps: CloseDeps, month: Month): Promise<CloseFailure | undefined> {
  const endsAt = deps.calendar.startOf(firstDayOf(month + 1));
  if (deps.clock.now() < endsAt) return { code: "month-not-over", endsAt: formatInstant(endsAt) };
  const stored = await readStored(deps.pool, month);
  if (stored?.state === "closed") {
    return { code: "month-already-closed", closedAt: formatInstant(stored.closedAt ?? 0) };
  }
  const { earlier, later } = await monthsInTheWay(deps.pool, month);
  if (earlier.length > 0) return { code: "earlier-month-open", months: earlier.map(formatMonth) };
  if (later.length > 0) return { code: "later-month-closed", months: later.map(formatMonth) };
  return undefined;
}

/**
 * Since the fence has moved, nothing more can be booked on the month; all that was is below the mark. Returns how long the feed
 * has stood still when that was too long, else undefined.
 */
async function waitForFeed(deps: CloseDeps, signal: AbortSignal): Promise<number | undefined> {
  const mark = await markNow(deps.feed);
  let moved = await movedOperations(deps.feed);
  let movedAt = performance.now();
  while (!(await hasPassed(deps.feed, mark))) {
    const before = moved;
    moved = await movedOperations(deps.feed);
    if (moved !== before) movedAt = performance.now();
    const stillMs = performance.now() - movedAt;
    if (stillMs > (deps.feedPatienceMs ?? DEFAULT_FEED_PATIENCE_MS)) return stillMs;
    await sleep(deps.pollMs ?? DEFAULT_POLL_MS, undefined, { signal });
  }
  return undefined;
}

async function readClosed(pool: Pool, month: Month): Promise<Settlement> {
  const stored = await readStored(pool, month);
  invariant(stored?.document !== undefined, "the month has just been closed");
  return JSON.parse(stored.document) as Settlement;
}
