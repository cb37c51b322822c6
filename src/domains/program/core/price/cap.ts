import type { Day } from "#kernel/time.ts";
import type { CapTerms, PlacedCap } from "../compile/compiled.ts";
import type { Priced } from "../types.ts";
import { capUseKey, leftOf } from "./cap-use.ts";
import type { Scratch } from "./scratch.ts";
import { small } from "./small.ts";
import { splitInto } from "./split.ts";

let cells = new Int32Array(32);
let weights = new Float64Array(32);
let shares = new Float64Array(32);

/** Sums of points under each cap of the plan, kept for its use; right until a later cap cuts. */
let capSums = new Float64Array(32);
let hasCut = false;

/** Cuts the items by every cap of the plan, narrow periods first. */
export function capItems(s: Scratch): void {
  const { caps } = s.store.partner.plan;
  if (capSums.length < caps.length) capSums = new Float64Array(caps.length * 2);
  hasCut = false;
  for (let c = 0; c < caps.length; c++) {
    const { terms, applies } = caps[c] as PlacedCap;
    const sum = sumUnder(applies, s);
    capSums[c] = sum;
    if (sum === 0) continue;
    const left = leftOf(terms, s.totalKopecks - s.paidKopecks, s);
    if (sum <= left) continue;
    hasCut = true;
    const count = gather(applies, s);
    if (terms.isAllOrNothing) cutLastFirst(0, count, terms, s);
    else if (terms.lastFirst) cutLastFirst(left, count, terms, s);
    else cutProRata(left, count, terms, s);
  }
}

function sumUnder(applies: Uint8Array, s: Scratch): number {
  const { itemCount, itemPoints, itemPosition } = s;
  let sum = 0;
  for (let i = 0; i < itemCount; i++) {
    if (applies[itemPosition[i] as number] === 1) sum += itemPoints[i] as number;
  }
  return sum;
}

/** Lists the items under a cap and their points; returns how many there are. */
function gather(applies: Uint8Array, s: Scratch): number {
  if (cells.length < s.itemCount) growTo(s.itemCount * 2);
  let count = 0;
  for (let i = 0; i < s.itemCount; i++) {
    const points = s.itemPoints[i] as number;
    if (points === 0 || applies[s.itemPosition[i] as number] === 0) continue;
    cells[count] = i;
    weights[count++] = points;
  }
  return count;
}

function cutProRata(left: number, count: number, cap: CapTerms, s: Scratch): void {
  splitInto(left, weights, 0, count, shares, 0);
  for (let k = 0; k < count; k++) cutItem(cells[k] as number, shares[k] as number, cap, s);
}

/** The items that come last in priority are cut first. */
function cutLastFirst(left: number, count: number, cap: CapTerms, s: Scratch): void {
  let rest = left;
  for (let k = 0; k < count; k++) {
    const points = weights[k] as number;
    const kept = Math.min(points, rest);
    cutItem(cells[k] as number, kept, cap, s);
    rest -= kept;
  }
}

function cutItem(item: number, points: number, cap: CapTerms, s: Scratch): void {
  if (points === s.itemPoints[item]) return;
  s.itemPoints[item] = points;
  s.itemCap[item] = cap.id;
}

type CapUse = Priced["capUse"][number];
const NOTHING: readonly CapUse[] = [];

/** What the receipt adds to the use of caps, of earning and of spending. */
export function listCapUse(s: Scratch, spendCaps: readonly CapTerms[]): readonly CapUse[] {
  let list: CapUse[] | undefined;
  const { caps } = s.store.partner.plan;
  for (let c = 0; c < caps.length; c++) {
    const { terms, applies } = caps[c] as PlacedCap;
    if (terms.per === "receipt") continue;
    const sum = hasCut ? sumUnder(applies, s) : (capSums[c] as number);
    if (sum > 0) list = add(list, terms, sum, s);
  }
  const spent = s.receipt.spendCents;
  for (let c = 0; spent > 0 && c < spendCaps.length; c++) {
    const terms = spendCaps[c] as CapTerms;
    if (terms.per !== "receipt") list = add(list, terms, spent, s);
  }
  return list ?? NOTHING;
}

function add(list: CapUse[] | undefined, cap: CapTerms, points: number, s: Scratch): CapUse[] {
  const { key, untilDay } = capUseKey(cap, s);
  const use: { key: string; amount: number; untilDay: Day } = {
    key,
    amount: cap.unit === "times" ? 1 : small(points),
    untilDay,
  };
  if (list === undefined) return [use];
  list.push(use);
  return list;
}

function growTo(size: number): void {
  cells = new Int32Array(size);
  weights = new Float64Array(size);
  shares = new Float64Array(size);
}
