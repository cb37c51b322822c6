import type { Pool } from "pg";
import { missionFees } from "#domains/missions/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { SettlementTerms } from "#domains/settlement/index.ts";
import { subscriptionRevenue } from "#domains/subscription/index.ts";
import type { FeedNode } from "#flows/feed/index.ts";
import { sweepWallets } from "#flows/sweep/index.ts";
import { firstDayOf, formatDay, lastDayOf, type Month } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import type { CloseDeps } from "./close-month.ts";
import { settlementTerms } from "./settlement-terms.ts";

export type CloseSetup = {
  readonly pool: Pool;
  readonly warehouse: ClickHouseClient;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** The database nodes with operations; the pool's own unless given. */
  readonly nodes?: readonly FeedNode[];
};

/** What closing a month needs, wired to programme, sweep and feed. A programme must have been applied. */
export function createCloseDeps(setup: CloseSetup): CloseDeps {
  const { pool, warehouse, clock, programmes } = setup;
  const { calendar } = programmes.current();
  return {
    pool,
    warehouse,
    clock,
    calendar,
    feed: { pool, nodes: setup.nodes ?? [{ node: 0, pool }] },
    sweep: async (untilDay, signal, onShare) => {
      // An expiry at the end of the last day has the midnight after it as its instant.
      const untilAt = calendar.startOf(untilDay + 1);
      await sweepWallets({ pool, clock, programmes }, { untilAt, signal, onProgress: onShare });
      signal.throwIfAborted();
    },
    terms: (month) => termsOf(pool, programmes, month),
  };
}

/**
 * The terms in force at the last instant of a month, with the acquisition fees of the missions done in it and the money
 * that the operator took for subscriptions that others sell (a credit to the seller).
 */
export async function termsOf(pool: Pool, programmes: Programmes, month: Month): Promise<SettlementTerms> {
  const { calendar } = programmes.current();
  const terms = settlementTerms(programmes.at(calendar.startOf(firstDayOf(month + 1)) - 1));
  const fees = await missionFees(pool, formatDay(firstDayOf(month)), formatDay(lastDayOf(month)));
  const acquisition = fees.map(({ partner, mission, kopecks }) => ({
    partner,
    kind: "acquisition" as const,
    reason: mission,
    kopecks,
  }));
  const sold = await subscriptionRevenue(pool, firstDayOf(month), lastDayOf(month));
  const subscriptions = sold
    .map(({ seller, plan, chargedKopecks, refundedKopecks }) => ({
      partner: seller,
      kind: "programme" as const,
      reason: `subscription ${plan}`,
      kopecks: refundedKopecks - chargedKopecks,
    }))
    .filter(({ partner, kopecks }) => partner !== terms.operator && kopecks !== 0);
  return { ...terms, fees: [...terms.fees, ...acquisition, ...subscriptions] };
}
