import type { CapTerms, CapUseKey, FunderShares, PlacedCap, PlacedRule } from "../compile/compiled.ts";
import type { Priced } from "../types.ts";
import { capUseKey, leftOf } from "./cap-use.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { small } from "./small.ts";
import { addSplit, splitInto } from "./split.ts";

const { capKeys, capLeft, capSums, capTurn, itemCap, itemOf, itemPoints, itemPosition, itemReserved } = scratch;

let cells = new Int32Array(32);
let weights = new Float64Array(32);
let quotas = new Float64Array(32);
let shares = new Float64Array(16);

let hasCut = false;

/**
 * Cuts the items by every cap of the plan that they stand under, narrow periods first. Caps of a funder's share come to
 * their turn again when a later one has cut: a smaller award may round to more of one funder.
 */
export function capItems(s: Scratch): void {
  const { caps } = s.store.partner.plan;
  const moneyKopecks = s.totalKopecks - s.paidKopecks;
  let hasFunders = false;
  hasCut = false;
  sumByCap(s);
  for (let c = 0; c < caps.length; c++) {
    if (capTurn[c] !== s.turn) continue;
    const cap = caps[c] as PlacedCap;
    if (hasCut) capSums[c] = sumUnder(cap, s);
    const sum = capSums[c] as number;
    const key = capUseKey(cap.terms, s);
    capKeys[c] = key;
    if (sum === 0) continue;
    const left = leftOf(cap.terms, key, moneyKopecks, s);
    capLeft[c] = left;
    if (cap.funder >= 0) hasFunders = true;
    if (sum > left) cut(cap, left, s);
  }
  while (hasCut && hasFunders && cutAgain(s)) {}
}

/** What each cap counts of the items, before any cuts. */
function sumByCap(s: Scratch): void {
  const { caps, capsAt } = s.store.partner.plan;
  const { itemCount, turn } = s;
  for (let i = 0; i < itemCount; i++) {
    const points = itemPoints[i] as number;
    if (points === 0) continue;
    const own = capsAt[itemPosition[i] as number] as Int32Array;
    for (let k = 0; k < own.length; k++) {
      const c = own[k] as number;
      const { funder } = caps[c] as PlacedCap;
      const counted = funder < 0 ? points : shareAt(i, points, funder, s);
      capSums[c] = capTurn[c] === turn ? (capSums[c] as number) + counted : counted;
      capTurn[c] = turn;
    }
  }
}

/** Whether a cap of a funder's share had to cut once more. Each time some award gets smaller, so it ends. */
function cutAgain(s: Scratch): boolean {
  const { caps } = s.store.partner.plan;
  let any = false;
  for (let c = 0; c < caps.length; c++) {
    const cap = caps[c] as PlacedCap;
    if (capTurn[c] !== s.turn || capSums[c] === 0 || cap.funder < 0) continue;
    const left = capLeft[c] as number;
    if (sumUnder(cap, s) <= left) continue;
    cut(cap, left, s);
    any = true;
  }
  return any;
}

function cut(cap: PlacedCap, left: number, s: Scratch): void {
  const { terms } = cap;
  hasCut = true;
  const count = gather(cap, s);
  if (terms.isAllOrNothing) cutLastFirst(0, count, cap, s);
  else if (terms.lastFirst) cutLastFirst(left, count, cap, s);
  else cutProRata(left, count, cap, s);
}

function sumUnder(cap: PlacedCap, s: Scratch): number {
  const { itemCount } = s;
  const { applies, funder } = cap;
  let sum = 0;
  for (let i = 0; i < itemCount; i++) {
    if (applies[itemPosition[i] as number] === 0) continue;
    sum += funder < 0 ? (itemPoints[i] as number) : shareAt(i, itemPoints[i] as number, funder, s);
  }
  return sum;
}

function fundersAt(item: number, s: Scratch): FunderShares {
  const { rules } = s.store.partner.plan;
  const own = (rules[itemPosition[item] as number] as PlacedRule).funders;
  return own ?? ((rules[itemOf[item] as number] as PlacedRule).funders as FunderShares);
}

/** What of an item's points one funder pays; the same split as `attributeItems` makes. */
function shareAt(item: number, points: number, funder: number, s: Scratch): number {
  const { numbers, weights: parts, weightSum } = fundersAt(item, s);
  const count = numbers.length;
  const place = numbers.indexOf(funder);
  if (place < 0 || points === 0) return 0;
  if (count === 1) return points;
  if (shares.length < count) shares = new Float64Array(count * 2);
  for (let f = 0; f < count; f++) shares[f] = 0;
  addSplit(points, parts, 0, count, weightSum, shares, 0);
  return shares[place] as number;
}

/** Lists the items under a cap and what of their points it counts; returns how many there are. */
function gather(cap: PlacedCap, s: Scratch): number {
  if (cells.length < s.itemCount) growTo(s.itemCount * 2);
  let count = 0;
  for (let i = 0; i < s.itemCount; i++) {
    const points = itemPoints[i] as number;
    if (points === 0 || cap.applies[itemPosition[i] as number] === 0) continue;
    const counted = cap.funder < 0 ? points : shareAt(i, points, cap.funder, s);
    if (counted === 0) continue;
    cells[count] = i;
    weights[count++] = counted;
  }
  return count;
}

function cutProRata(left: number, count: number, cap: PlacedCap, s: Scratch): void {
  splitInto(left, weights, 0, count, quotas, 0);
  for (let k = 0; k < count; k++) cutItem(k, quotas[k] as number, cap, s);
}

/** The items that come last in priority are cut first. */
function cutLastFirst(left: number, count: number, cap: PlacedCap, s: Scratch): void {
  let rest = left;
  for (let k = 0; k < count; k++) {
    const kept = Math.min(weights[k] as number, rest);
    cutItem(k, kept, cap, s);
    rest -= kept;
  }
}

/** Leaves `kept` of what the cap counts of the k-th gathered item. */
function cutItem(k: number, kept: number, { terms, funder }: PlacedCap, s: Scratch): void {
  if (kept === weights[k]) return;
  const item = cells[k] as number;
  const before = itemPoints[item] as number;
  const points = funder < 0 ? kept : Math.min(before, wholeOf(kept, funder, fundersAt(item, s)));
  itemPoints[item] = points;
  itemCap[item] = terms.id;
  if (terms.cover !== "reserve") return;
  itemReserved[item] = (itemReserved[item] as number) + before - points;
  s.reservedCents += before - points;
}

/** The most points of which a funder's exact share is not above `kept`: rounded by largest remainder it is not either. */
function wholeOf(kept: number, funder: number, { numbers, weights: parts, weightSum }: FunderShares): number {
  const part = parts[numbers.indexOf(funder)] as number;
  const product = kept * weightSum;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / part);
  return Number((BigInt(kept) * BigInt(weightSum)) / BigInt(part));
}

type CapUse = Priced["capUse"][number];
const NOTHING: readonly CapUse[] = [];

/** What the receipt adds to the use of caps, of earning and of spending. */
export function listCapUse(s: Scratch, spendCaps: readonly CapTerms[]): readonly CapUse[] {
  let list: CapUse[] | undefined;
  const { caps } = s.store.partner.plan;
  for (let c = 0; c < caps.length; c++) {
    if (capTurn[c] !== s.turn) continue;
    const cap = caps[c] as PlacedCap;
    const sum = hasCut ? sumUnder(cap, s) + reservedUnder(cap, s) : (capSums[c] as number);
    if (sum > 0) list = add(list, cap.terms, capKeys[c], sum);
  }
  const spent = s.receipt.spendCents;
  for (let c = 0; spent > 0 && c < spendCaps.length; c++) {
    const terms = spendCaps[c] as CapTerms;
    list = add(list, terms, capUseKey(terms, s), spent);
  }
  return list ?? NOTHING;
}

/** What waits for a top-up counts in caps at once, as if it had been given; in its deposit once it is. */
function reservedUnder({ terms, applies, funder }: PlacedCap, s: Scratch): number {
  if (s.reservedCents === 0 || terms.cover !== undefined) return 0;
  let sum = 0;
  for (let i = 0; i < s.itemCount; i++) {
    const reserved = itemReserved[i] as number;
    if (reserved === 0 || applies[itemPosition[i] as number] === 0) continue;
    sum += funder < 0 ? reserved : shareAt(i, reserved, funder, s);
  }
  return sum;
}

function add(
  list: CapUse[] | undefined,
  cap: CapTerms,
  key: CapUseKey | undefined,
  points: number,
): CapUse[] | undefined {
  if (key === undefined) return list;
  const use: CapUse = { key: key.key, amount: cap.unit === "times" ? 1 : small(points), untilDay: key.untilDay };
  if (list === undefined) return [use];
  list.push(use);
  return list;
}

function growTo(size: number): void {
  cells = new Int32Array(size);
  weights = new Float64Array(size);
  quotas = new Float64Array(size);
}
