import type { Pool } from "pg";
import type { Programmes } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Day } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { putStoreDayTotal, type StoreDayTotal } from "./store/store-day-totals.ts";

export type StoreDayDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Pick<Programmes, "current" | "latest">;
};

export type StoreDayRequest = {
  readonly partner: string;
  readonly store: string;
  readonly businessDay: Day;
  readonly receipts: number;
  readonly turnoverKopecks: number;
};

export type StoreDayFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-partner" | "unknown-store"; readonly pointer: string; readonly value: string }
  | { readonly code: "day-in-future" }
  | { readonly code: "day-too-old"; readonly days: number };

/** Late totals count for a year: reports of the share of turnover look no further back. */
const OLDEST_DAYS = 366;

/** Keeps a store's whole day, for the share of turnover that passes through the programme. Sent again, it replaces. */
export async function reportStoreDay(
  deps: StoreDayDeps,
  request: StoreDayRequest,
): Promise<Result<StoreDayTotal, StoreDayFailure>> {
  if (deps.programmes.latest === undefined) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const { partner, store, businessDay } = request;
  if (!programme.partners.has(partner)) return err({ code: "unknown-partner", pointer: "/partner", value: partner });
  if (programme.stores.get(store)?.partner.id !== partner) {
    return err({ code: "unknown-store", pointer: "/store", value: store });
  }
  const sentAt = deps.clock.now();
  const age = programme.calendar.dayOf(sentAt) - businessDay;
  if (age < 0) return err({ code: "day-in-future" });
  if (age > OLDEST_DAYS) return err({ code: "day-too-old", days: OLDEST_DAYS });
  const total = { ...request, sentAt };
  await putStoreDayTotal(deps.pool, total);
  return ok(total);
}
