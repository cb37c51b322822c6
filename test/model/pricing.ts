import type { Calendar, EpochMs } from "#kernel/time.ts";
import { compareIds, floorShare, splitInProportion, sum } from "./split.ts";
import type { Part } from "./types.ts";

/** When points of a rule begin and end: at once or at the midnight of a later day; for so many days, or for good. */
export type SimpleLot = { readonly delayDays: number; readonly lifeDays: number | null };

/** A rule of a simple programme: a percent of the money paid for some categories, or so many points per receipt. */
export type SimpleRule = {
  readonly id: string;
  readonly earn: { readonly percentBp: number } | { readonly fixedCents: number };
  /** Only receipts of these partners; all when absent. */
  readonly partners?: readonly string[];
  /** Only lines of these categories; all when absent. */
  readonly categories?: readonly string[];
  /** Shares of the cost by funder, any positive integers. */
  readonly funders: Readonly<Record<string, number>>;
  /** The programme's lot when absent. */
  readonly lot?: SimpleLot;
};

export type SimpleCap = { readonly cents: number; readonly policy: "pro-rata" | "last-first" };

export type SimplePricing = {
  /** In the order of priority; the last gives way first under `last-first`. */
  readonly rules: readonly SimpleRule[];
  readonly lot: SimpleLot;
  /** Most points of one receipt, and who gives way: everybody in proportion, or the last rules first. */
  readonly receiptCap?: SimpleCap;
  /** Most points that one member earns on one business day; cuts what the receipt's cap has left. */
  readonly dayCap?: SimpleCap;
  /** Categories that neither earn by rules without categories nor take points. */
  readonly outside?: readonly string[];
  /** Categories that can't be paid with points. */
  readonly notPayable?: readonly string[];
  /** Largest part of a receipt that points may pay; all of it when absent. */
  readonly largestShareBp?: number;
};

export type SimpleLine = { readonly category: string; readonly amountKopecks: number };
export type SimpleReceipt = {
  readonly partner: string;
  readonly at: EpochMs;
  readonly lines: readonly SimpleLine[];
  readonly spendCents: number;
};

export type SimplePrice = {
  readonly ok: true;
  readonly rules: readonly { readonly rule: string; readonly baseKopecks: number; readonly pointsCents: number }[];
  readonly parts: readonly Part[];
  readonly spentByLine: readonly number[];
};
export type SimpleRefusal = { readonly ok: false; readonly code: "spend-not-allowed" | "spend-over-limit" };

/** The most that the programme's rules (not the balance) let points pay on a receipt. */
export function spendableOn(programme: SimplePricing, lines: readonly SimpleLine[]): number {
  const share = floorShare(sum(lines.map((line) => line.amountKopecks)), programme.largestShareBp ?? 10_000, 10_000);
  return Math.min(share, sum(payableAmounts(programme, lines)));
}

function payableAmounts(programme: SimplePricing, lines: readonly SimpleLine[]): number[] {
  const closed = [...(programme.notPayable ?? []), ...(programme.outside ?? [])];
  return lines.map((line) => (closed.includes(line.category) ? 0 : line.amountKopecks));
}

/** Prices a receipt: points paid come off the base, each rule rounds down once, then the cap, then funders, then lines. */
export function priceSimply(
  programme: SimplePricing,
  receipt: SimpleReceipt,
  calendar: Calendar,
  /** What the member has earned on the receipt's day so far. */
  earnedTodayCents = 0,
): SimplePrice | SimpleRefusal {
  const spendable = spendableOn(programme, receipt.lines);
  if (receipt.spendCents > spendable) {
    return { ok: false, code: spendable === 0 ? "spend-not-allowed" : "spend-over-limit" };
  }
  const spentByLine =
    receipt.spendCents === 0
      ? receipt.lines.map(() => 0)
      : splitInProportion(receipt.spendCents, payableAmounts(programme, receipt.lines));
  const money = receipt.lines.map((line, i) => line.amountKopecks - (spentByLine[i] as number));
  const asked = programme.rules.map((rule) => {
    const bases = receipt.lines.map((line, i) => (fits(programme, rule, receipt, line) ? (money[i] as number) : 0));
    const base = sum(bases);
    const earned = "percentBp" in rule.earn ? floorShare(base, rule.earn.percentBp, 10_000) : rule.earn.fixedCents;
    return { rule, bases, base, cents: base > 0 ? earned : 0 };
  });
  const { receiptCap, dayCap } = programme;
  const left = dayCap && { ...dayCap, cents: Math.max(0, dayCap.cents - earnedTodayCents) };
  const given = cut(
    cut(
      asked.map((one) => one.cents),
      receiptCap,
    ),
    left,
  );
  const table: Table[] = [];
  asked.forEach(({ rule, bases }, i) => {
    if (given[i] !== 0)
      attribute(table, rule, given[i] as number, bases, lotTimes(rule.lot ?? programme.lot, receipt.at, calendar));
  });
  return {
    ok: true,
    rules: asked.map(({ rule, base }, i) => ({ rule: rule.id, baseKopecks: base, pointsCents: given[i] as number })),
    parts: table.map((part) => toPart(part, receipt.lines.length)),
    spentByLine,
  };
}

function fits(programme: SimplePricing, rule: SimpleRule, receipt: SimpleReceipt, line: SimpleLine): boolean {
  if (programme.outside?.includes(line.category)) return false;
  return (rule.partners?.includes(receipt.partner) ?? true) && (rule.categories?.includes(line.category) ?? true);
}

/** Points of one availability and expiry: a column of lines for each funder. */
type Table = {
  readonly availableAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  readonly columns: Map<string, number[]>;
};

/** A rule's points are split over its funders, and each funder's share over the lines that earned it. */
function attribute(
  table: Table[],
  rule: SimpleRule,
  points: number,
  bases: readonly number[],
  times: { availableAt: EpochMs; expiresAt: EpochMs | null },
): void {
  const known = table.find((one) => one.availableAt === times.availableAt && one.expiresAt === times.expiresAt);
  const part = known ?? { ...times, columns: new Map<string, number[]>() };
  if (!known) table.push(part);
  const funders = Object.keys(rule.funders).sort(compareIds);
  const shares = splitInProportion(
    points,
    funders.map((funder) => rule.funders[funder] as number),
  );
  funders.forEach((funder, f) => {
    if (shares[f] === 0) return;
    const column = part.columns.get(funder) ?? bases.map(() => 0);
    const byLine = splitInProportion(shares[f] as number, bases);
    part.columns.set(
      funder,
      column.map((cents, line) => cents + (byLine[line] as number)),
    );
  });
}

function toPart({ availableAt, expiresAt, columns }: Table, lineCount: number): Part {
  const funders = [...columns.keys()].sort(compareIds);
  return {
    availableAt,
    expiresAt,
    funders,
    amountCents: funders.map((funder) => sum(columns.get(funder) as number[])),
    lineCents: Array.from({ length: lineCount }, (_, line) =>
      funders.map((funder) => columns.get(funder)?.[line] as number),
    ),
  };
}

/** A delay of days ends at the midnight that begins that day; a life of days ends at the midnight after its last one. */
export function lotTimes(
  lot: SimpleLot,
  at: EpochMs,
  calendar: Calendar,
): { availableAt: EpochMs; expiresAt: EpochMs | null } {
  const availableAt = lot.delayDays === 0 ? at : calendar.startOf(calendar.dayOf(at) + lot.delayDays);
  const expiresAt = lot.lifeDays === null ? null : calendar.startOf(calendar.dayOf(availableAt) + lot.lifeDays + 1);
  return { availableAt, expiresAt };
}

/** Case 3: `pro-rata` scales every rule by largest remainder; `last-first` lets the first rules keep what they asked. */
export function cut(asked: readonly number[], cap: SimpleCap | undefined): number[] {
  if (!cap || sum(asked) <= cap.cents) return [...asked];
  if (cap.policy === "pro-rata") return splitInProportion(cap.cents, asked);
  let left = cap.cents;
  return asked.map((cents) => {
    const kept = Math.min(cents, left);
    left -= kept;
    return kept;
  });
}
