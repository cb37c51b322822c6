import type { Pool } from "pg";
import { invariant } from "#kernel/invariant.ts";
import { formatMonth, type Month } from "#kernel/time.ts";
import { assembleSettlement } from "./assemble-settlement.ts";
import { canonicalJson, digestOf } from "./core/canonical.ts";
import type { Settlement } from "./core/settlement.ts";
import { ledgerTotals } from "./store/ledger-totals.ts";
import { listStored, readStored, readStoredActs } from "./store/settlements.ts";

/** January 9999. */
const FAR_FUTURE: Month = 9_999 * 12;

export type SettlementFault = {
  readonly month: string;
  readonly what: "document" | "digest" | "act";
  readonly partner?: string;
};

/**
 * Rebuilds a closed month and its acts from PostgreSQL's operations and compares them with what is stored, byte for byte.
 * Fees and parties are what the month was closed with. Empty when all is well.
 */
export async function verifySettlement(
  pool: Pool,
  month: Month,
  onDay: (done: number, days: number) => void = () => {},
): Promise<SettlementFault[]> {
  const stored = await readStored(pool, month);
  invariant(stored?.document !== undefined, `${formatMonth(month)} is not closed`);
  const kept = JSON.parse(stored.document) as Settlement;
  const days = await ledgerTotals(pool, month, onDay);
  const rebuilt = await assembleSettlement(pool, month, days, kept);
  const name = formatMonth(month);
  const faults: SettlementFault[] = [];
  if (canonicalJson(rebuilt.settlement) !== stored.document) faults.push({ month: name, what: "document" });
  if (digestOf(stored.document) !== stored.digest) faults.push({ month: name, what: "digest" });
  const acts = new Map((await readStoredActs(pool, month)).map((act) => [act.partner, act]));
  for (const act of rebuilt.acts) {
    const partner = act.party.id;
    const found = acts.get(partner);
    acts.delete(partner);
    if (found?.document !== canonicalJson(act) || digestOf(found.document) !== found.digest) {
      faults.push({ month: name, what: "act", partner });
    }
  }
  for (const partner of acts.keys()) faults.push({ month: name, what: "act", partner });
  return faults;
}

/** Every closed month, oldest first. */
export async function closedMonths(pool: Pool): Promise<Month[]> {
  const all = await listStored(pool, FAR_FUTURE, 10_000);
  return all
    .filter((each) => each.state === "closed")
    .map((each) => each.month)
    .reverse();
}
