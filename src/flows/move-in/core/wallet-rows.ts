import { type EarnPart, NEVER } from "#domains/ledger/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Calendar, type EpochMs, parseDay } from "#kernel/time.ts";
import { type Row, type RowFault, timeOf } from "./member-rows.ts";

/**
 * Columns of a wallets file: a row per open lot. `points` as 12.34; `last_day` is the last day on which they can be
 * spent, empty for never; `available_at` for points still pending.
 */
export const WALLET_COLUMNS = ["member", "funder", "points", "earned_at", "available_at", "last_day"] as const;

export type OpeningLot = EarnPart & { readonly member: string };

export function toOpeningLot(row: Row, calendar: Calendar, now: EpochMs): Result<OpeningLot, RowFault> {
  const { member, funder } = row;
  if (!member) return err({ column: "member", message: "is empty" });
  if (!funder) return err({ column: "funder", message: "is empty" });
  const cents = centsOf(row.points);
  if (cents === undefined) {
    return err({ column: "points", message: `expected points above 0 such as 12.34, got "${row.points ?? ""}"` });
  }
  const earnedAt = timeOf(row, "earned_at", calendar);
  if (!earnedAt.ok) return earnedAt;
  const availableAt = timeOf(row, "available_at", calendar);
  if (!availableAt.ok) return availableAt;
  const lastDay = row.last_day ? parseDay(row.last_day) : undefined;
  if (row.last_day && lastDay === undefined) {
    return err({ column: "last_day", message: `expected YYYY-MM-DD, got "${row.last_day}"` });
  }
  const expiresAt = lastDay === undefined ? NEVER : calendar.startOf(lastDay + 1);
  if (expiresAt <= now) return err({ column: "last_day", message: `${row.last_day} is over: the points have expired` });
  return ok({
    member,
    earnedAt: earnedAt.value ?? now,
    availableAt: availableAt.value ?? earnedAt.value ?? now,
    expiresAt,
    funders: [funder],
    amountCents: [cents],
  });
}

/** Points as text, two decimals at most, read without floats. */
export function centsOf(text: string | null | undefined): number | undefined {
  const match = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(text ?? "");
  if (!match) return undefined;
  const cents = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return cents > 0 ? cents : undefined;
}

/** Sums that the other programme states of its file, to be met before anything is written. */
export type ControlTotals = ReadonlyMap<string, { readonly lots: number; readonly cents: number }>;

export function totalsOf(lots: Iterable<OpeningLot>): Map<string, { lots: number; cents: number }> {
  const totals = new Map<string, { lots: number; cents: number }>();
  for (const { funders, amountCents } of lots) {
    const funder = funders[0] as string;
    const total = totals.get(funder) ?? { lots: 0, cents: 0 };
    totals.set(funder, { lots: total.lots + 1, cents: total.cents + (amountCents[0] as number) });
  }
  return totals;
}

/** What does not agree, a sentence each; empty when all does. */
export function compareTotals(stated: ControlTotals, found: ControlTotals): string[] {
  const funders = [...new Set([...stated.keys(), ...found.keys()])].sort();
  return funders.flatMap((funder) => {
    const a = stated.get(funder) ?? { lots: 0, cents: 0 };
    const b = found.get(funder) ?? { lots: 0, cents: 0 };
    if (a.lots === b.lots && a.cents === b.cents) return [];
    return [
      `${funder}: the control totals state ${a.lots} lots of ${a.cents / 100} points, the file has ${b.lots} of ${b.cents / 100}`,
    ];
  });
}
