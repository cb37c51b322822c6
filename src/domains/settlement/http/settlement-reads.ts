import type { Pool } from "pg";
import { type EpochMs, type Month, parseMonth } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { SettlementLine } from "../core/line.ts";
import type { Settlement } from "../core/settlement.ts";
import { previewSettlement } from "../preview-settlement.ts";
import type { LineKey } from "../store/line-receipts.ts";
import { readStored, type StoredSettlement } from "../store/settlements.ts";
import { hasOperations } from "../store/warehouse-months.ts";
import type { SettlementTerms } from "../terms.ts";

export type SettlementReadDeps = {
  readonly pool: Pool;
  readonly warehouse: ClickHouseClient;
  readonly clock: { now(): EpochMs };
  readonly terms: (month: Month) => Promise<SettlementTerms>;
};

export type Seen = { readonly settlement: Settlement; readonly stored: StoredSettlement | undefined };

export type SettlementReads = {
  /** A month as frozen, or as it stands while it is open; undefined when there is nothing of it. */
  read(month: Month): Promise<Seen | undefined>;
};

/** An open month is summed over in the warehouse; that is not done again for each page of its lines. */
const PREVIEW_KEPT_MS = 10_000;

export function createSettlementReads(deps: SettlementReadDeps): SettlementReads {
  const previews = new Map<Month, { readonly at: EpochMs; readonly settlement: Promise<Settlement> }>();
  const preview = async (month: Month): Promise<Settlement> => {
    const now = deps.clock.now();
    const kept = previews.get(month);
    if (kept && now - kept.at < PREVIEW_KEPT_MS) return kept.settlement;
    const settlement = deps.terms(month).then((terms) => previewSettlement(deps.pool, deps.warehouse, month, terms));
    previews.clear();
    previews.set(month, { at: now, settlement });
    settlement.catch(() => previews.delete(month));
    return settlement;
  };
  return {
    async read(month) {
      const stored = await readStored(deps.pool, month);
      if (stored?.document !== undefined) return { stored, settlement: JSON.parse(stored.document) as Settlement };
      if (stored === undefined && !(await hasOperations(deps.warehouse, month))) return undefined;
      return { stored, settlement: await preview(month) };
    },
  };
}

/** What finds the movements of a line. */
export function lineKey(month: Month, line: SettlementLine): LineKey {
  const citesMonth = line.cites === undefined ? undefined : parseMonth(line.cites.month);
  const { kind, funder, redeemer } = line;
  return { month, kind, funder, redeemer, ...(citesMonth === undefined ? {} : { citesMonth }) };
}
