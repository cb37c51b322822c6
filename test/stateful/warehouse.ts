import { previewSettlement, type SettlementTerms } from "#domains/settlement/index.ts";
import { moveBatch } from "#flows/feed/index.ts";
import { parseMonth } from "#kernel/time.ts";
import { systemClock } from "#platform/clock.ts";
import type { TestEngines } from "../engines.ts";
import { PARTNERS } from "./world.ts";

const TERMS: SettlementTerms = {
  operator: "operator",
  parties: PARTNERS.map((id) => ({ id, title: { ru: id, en: id }, legalName: id })),
  pointKopecks: 100,
  redemptionBp: 8_000,
  fees: [],
};

/** Truth 10: feeds the warehouse to the end and lets it compute the months, as "month funder redeemer" with cents. */
export async function warehouseMatrix(engines: TestEngines, months: readonly string[]): Promise<Map<string, number>> {
  const { pool, clickhouse } = engines;
  const deps = { pool, nodes: [{ node: 0, pool }], warehouse: clickhouse, clock: systemClock };
  const never = new AbortController().signal;
  while (await moveBatch(deps, { node: 0, pool }, 50_000, never));
  const cells = new Map<string, number>();
  for (const month of months) {
    const { lines } = await previewSettlement(pool, clickhouse, parseMonth(month) as number, TERMS);
    for (const { funder, redeemer, cents } of lines) {
      const cell = `${month} ${funder} ${redeemer}`;
      cells.set(cell, (cells.get(cell) ?? 0) + cents);
    }
  }
  return cells;
}
