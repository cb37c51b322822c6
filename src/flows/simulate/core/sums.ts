import type { Trait } from "#domains/ledger/index.ts";
import type { CompiledProgramme, EarnedPart, Priced } from "#domains/program/index.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { PurchaseRow } from "./rows.ts";
import { pairOf, type Sums, type Tally } from "./tally.ts";

export type Given = { readonly before: PointsCents; readonly after: PointsCents };
type Side = "before" | "after";

/** Adds what a receipt gives under both programmes, less what returned lines took back; gives the two sums. */
export function addGiven(
  tally: Tally,
  row: PurchaseRow,
  was: Priced,
  would: Priced,
  returned: readonly number[] | undefined,
): Given {
  const before = addSide(tally, row, was, "before", returned);
  const after = addSide(tally, row, would, "after", returned);
  tally.total.before += before;
  tally.total.after += after;
  const partner = pairOf(tally.partners, row.receipt.partner);
  partner.before += before;
  partner.after += after;
  return { before, after };
}

function addSide(
  tally: Tally,
  { receipt }: PurchaseRow,
  priced: Priced,
  side: Side,
  returned: readonly number[] | undefined,
): PointsCents {
  let kept = 0;
  for (const part of priced.earned) {
    const { funders, amountCents } = part;
    for (let f = 0; f < funders.length; f++) {
      const amount = amountCents[f] as number;
      const cents = returned === undefined ? amount : amount - takenBack(part, f, receipt.lines, returned);
      pairOf(tally.funders, funders[f] as string)[side] += cents;
      kept += cents;
    }
  }
  const whole = priced.earnedCents;
  for (const { rule, pointsCents } of priced.rules) {
    const cents = kept === whole || whole === 0 ? pointsCents : Math.round((pointsCents * kept) / whole);
    add(tally.rules, rule, side, cents);
  }
  return kept;
}

function add(sums: Sums, key: string, side: Side, cents: number): void {
  pairOf(sums, key)[side] += cents;
}

/** As returns do it: each line's points in proportion to what of the line came back. */
function takenBack(
  part: EarnedPart,
  funder: number,
  lines: PurchaseRow["receipt"]["lines"],
  returned: readonly number[],
): PointsCents {
  let cents = 0;
  for (let i = 0; i < lines.length; i++) {
    const back = returned[i] ?? 0;
    const amount = lines[i]?.amountKopecks ?? 0;
    if (back === 0 || amount === 0) continue;
    cents += Math.floor(((part.lineCents[i]?.[funder] ?? 0) * back) / amount);
  }
  return cents;
}

/** The highest level at a time; the programme's lowest where there is no trait, "" where it has none. */
export function levelOf(traits: readonly Trait[], at: EpochMs, { levels }: CompiledProgramme): string {
  if (levels.size === 0) return "";
  let best = lowestOf(levels);
  for (const trait of traits) {
    if (trait.kind !== "level" || !holds(trait, at)) continue;
    const level = levels.get(trait.key);
    if (level !== undefined && (best === undefined || level.rank > best.rank)) best = level;
  }
  return best?.id ?? "";
}

function lowestOf(levels: CompiledProgramme["levels"]) {
  let lowest: { readonly id: string; readonly rank: number } | undefined;
  for (const level of levels.values()) if (lowest === undefined || level.rank < lowest.rank) lowest = level;
  return lowest;
}

export function segmentsOf(traits: readonly Trait[], at: EpochMs): string[] {
  const segments: string[] = [];
  for (const trait of traits) if (trait.kind === "segment" && holds(trait, at)) segments.push(trait.key);
  return segments;
}

function holds(trait: Trait, at: EpochMs): boolean {
  return trait.fromAt <= at && (trait.untilAt === undefined || at < trait.untilAt);
}
