import { createHash } from "node:crypto";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { Month } from "#kernel/time.ts";
import { formatMonth } from "#kernel/time.ts";
import type { AccountTotal } from "./totals.ts";

/**
 * `claim`: points spent in the month, less those of the same month given back. `credit`: points given back in the month
 * whose spending was settled in an earlier one; never above zero, and cites that month's line.
 */
export type LineKind = "claim" | "credit";

/** What `redeemer` may ask of `funder` for one month; on the diagonal, what a partner owes itself. */
export type SettlementLine = {
  readonly id: string;
  readonly kind: LineKind;
  readonly funder: PartnerId;
  readonly redeemer: PartnerId;
  readonly cents: PointsCents;
  readonly kopecks: Kopecks;
  readonly cites?: { readonly month: string; readonly line: string };
};

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_DIGITS = 20;

/** The same line has the same id however often it is computed: 100 bits of SHA-256 over what it is about. */
export function lineId(
  month: Month,
  kind: LineKind,
  funder: PartnerId,
  redeemer: PartnerId,
  originMonth: Month | null,
): string {
  const origin = originMonth === null ? "" : formatMonth(originMonth);
  const text = [formatMonth(month), kind, funder, redeemer, origin].join("|");
  const hash = createHash("sha256").update(text).digest();
  let id = "line_";
  for (let i = 0; i < ID_DIGITS; i++) id += DIGITS[(hash[i] as number) & 31];
  return id;
}

/** Points in money, to the nearest kopeck, halves away from zero: 100 kopecks a point changes nothing. */
export function kopecksOf(cents: PointsCents, pointKopecks: Kopecks): Kopecks {
  if (pointKopecks === 100) return cents;
  const size = Math.floor((Math.abs(cents) * pointKopecks + 50) / 100);
  return cents < 0 ? -size : size;
}

/** The matrix funder × redeemer as lines, sorted by funder, redeemer, then claims before credits, oldest month first. */
export function linesOf(month: Month, totals: readonly AccountTotal[], pointKopecks: Kopecks): SettlementLine[] {
  const cells = new Map<string, { total: AccountTotal; cents: PointsCents }>();
  for (const total of totals) {
    const sign = Number(total.toAccount === "re") - Number(total.fromAccount === "re");
    if (sign === 0) continue;
    const key = [total.funder, total.redeemer, total.originMonth ?? ""].join("|");
    const cell = cells.get(key) ?? { total, cents: 0 };
    cells.set(key, { ...cell, cents: cell.cents + sign * total.cents });
  }
  return [...cells.values()]
    .sort((a, b) => compareCells(a.total, b.total))
    .map(({ total, cents }) => {
      const { funder, redeemer, originMonth } = total;
      const kind = originMonth === null ? "claim" : "credit";
      const line = { id: lineId(month, kind, funder, redeemer, originMonth), kind, funder, redeemer, cents } as const;
      const priced = { ...line, kopecks: kopecksOf(cents, pointKopecks) };
      if (originMonth === null) return priced;
      const cited = lineId(originMonth, "claim", funder, redeemer, null);
      return { ...priced, cites: { month: formatMonth(originMonth), line: cited } };
    });
}

function compareCells(a: AccountTotal, b: AccountTotal): number {
  if (a.funder !== b.funder) return a.funder < b.funder ? -1 : 1;
  if (a.redeemer !== b.redeemer) return a.redeemer < b.redeemer ? -1 : 1;
  return (a.originMonth ?? 0) - (b.originMonth ?? 0);
}
