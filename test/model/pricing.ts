import { compareIds, floorShare, splitInProportion, sum } from "./split.ts";

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
};

export type SimplePricing = {
  readonly rules: readonly SimpleRule[];
  /** Most points of one receipt, and who gives way: everybody in proportion, or the last rules first. */
  readonly receiptCap?: { readonly cents: number; readonly policy: "pro-rata" | "last-first" };
  /** Categories that can't be paid with points. */
  readonly notPayable?: readonly string[];
};

export type SimpleLine = { readonly category: string; readonly amountKopecks: number };

export type SimplePrice = {
  readonly rules: readonly { readonly rule: string; readonly baseKopecks: number; readonly pointsCents: number }[];
  readonly funders: readonly string[];
  readonly amountCents: readonly number[];
  readonly lineCents: readonly (readonly number[])[];
  readonly spentByLine: readonly number[];
};

/**
 * Points paid are spread over the lines that may be paid with points, in proportion to their amounts; undefined when
 * those lines cost less than the points offered.
 */
export function allocateSpend(
  lines: readonly SimpleLine[],
  spendCents: number,
  notPayable: readonly string[] = [],
): number[] | undefined {
  const payable = lines.map((line) => (notPayable.includes(line.category) ? 0 : line.amountKopecks));
  if (spendCents > sum(payable)) return undefined;
  return spendCents === 0 ? lines.map(() => 0) : splitInProportion(spendCents, payable);
}

/** Prices a receipt: points paid come off the base, each rule rounds down once, then the cap, then funders, then lines. */
export function priceSimply(
  programme: SimplePricing,
  receipt: { readonly partner: string; readonly lines: readonly SimpleLine[]; readonly spendCents: number },
): SimplePrice | undefined {
  const spentByLine = allocateSpend(receipt.lines, receipt.spendCents, programme.notPayable);
  if (!spentByLine) return undefined;
  const money = receipt.lines.map((line, i) => line.amountKopecks - (spentByLine[i] as number));
  const asked = programme.rules.map((rule) => {
    const applies = rule.partners?.includes(receipt.partner) ?? true;
    const bases = receipt.lines.map((line, i) =>
      applies && (rule.categories?.includes(line.category) ?? true) ? (money[i] as number) : 0,
    );
    const base = sum(bases);
    const earned = "percentBp" in rule.earn ? floorShare(base, rule.earn.percentBp, 10_000) : rule.earn.fixedCents;
    return { rule, bases, base, cents: base > 0 ? earned : 0 };
  });
  const given = capReceipt(
    asked.map((one) => one.cents),
    programme.receiptCap,
  );
  const table = new Map<string, number[]>();
  asked.forEach(({ rule, bases }, i) => {
    const points = given[i] as number;
    if (points === 0) return;
    const funders = Object.keys(rule.funders).sort(compareIds);
    const shares = splitInProportion(
      points,
      funders.map((funder) => rule.funders[funder] as number),
    );
    funders.forEach((funder, f) => {
      const column = table.get(funder) ?? receipt.lines.map(() => 0);
      const byLine = splitInProportion(shares[f] as number, bases);
      table.set(
        funder,
        column.map((cents, line) => cents + (byLine[line] as number)),
      );
    });
  });
  const funders = [...table.keys()].sort(compareIds);
  return {
    rules: asked.map(({ rule, base }, i) => ({ rule: rule.id, baseKopecks: base, pointsCents: given[i] as number })),
    funders,
    amountCents: funders.map((funder) => sum(table.get(funder) as number[])),
    lineCents: receipt.lines.map((_, line) => funders.map((funder) => table.get(funder)?.[line] as number)),
    spentByLine,
  };
}

/** Case 3: `pro-rata` scales every rule by largest remainder; `last-first` lets the first rules keep what they asked. */
export function capReceipt(asked: readonly number[], cap: SimplePricing["receiptCap"]): number[] {
  if (!cap || sum(asked) <= cap.cents) return [...asked];
  if (cap.policy === "pro-rata") return splitInProportion(cap.cents, asked);
  let left = cap.cents;
  return asked.map((cents) => {
    const kept = Math.min(cents, left);
    left -= kept;
    return kept;
  });
}
