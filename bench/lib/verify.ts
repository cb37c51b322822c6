import type { Pool } from "pg";
import { verifyProjections } from "#domains/ledger/index.ts";
import type { Calendar } from "#kernel/time.ts";
import { rounded, say, step } from "./bench.ts";

/** Rebuilds every wallet from its operations and compares: what a bench has left must be right to the cent. */
export async function verifyLedger(pool: Pool, calendar: Calendar, url: string): Promise<Record<string, unknown>> {
  const verified = await step("verify", () => verifyProjections(pool, { calendar, now: Date.now, url }));
  for (const { member, what } of verified.differences) say(`  DIFFERENCE ${member}: ${what}`);
  return {
    operations: verified.operations,
    differences: verified.differenceCount,
    members: verified.members,
    lots: verified.lots,
    operationsPerSecond: rounded(verified.operations / verified.seconds),
  };
}
