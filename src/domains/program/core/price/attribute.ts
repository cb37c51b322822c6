import type { PartnerId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { type PointsCents, splitByLargestRemainder } from "#kernel/money.ts";
import type { FunderShares, LotTerms, LotTimes, PlacedRule } from "../compile/compiled.ts";
import type { EarnedPart, ReservedPart } from "../types.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { small } from "./small.ts";
import { addSplit } from "./split.ts";

const { cells, itemOf, itemPoints, itemPosition, itemReserved, itemRow } = scratch;

/**
 * A slot sums the points of one funder in one part (one availability and expiry); its row sums them by line. A slot's key
 * is part × FUNDERS + funder number, so that keys in order are parts in order, and in them funders by id.
 */
const FUNDERS = 65_536;
const keys = new Int32Array(FUNDERS);
const amounts = new Float64Array(FUNDERS);
const order = new Int32Array(FUNDERS);
const sums = new Float64Array(cells.length);
let slotCount = 0;

const parts: LotTimes[] = [];
/** By number of lot terms: their part, -1 where no item has come to them yet. */
const lotParts = new Int32Array(FUNDERS);
let partCount = 0;

const shares = new Float64Array(FUNDERS);

/**
 * Splits each item's points over its funders, each funder's amount over the lines that brought it, both by largest
 * remainder, and sums them by availability and expiry.
 */
export function attributeItems(s: Scratch): EarnedPart[] {
  const { rules } = s.store.partner.plan;
  const { itemCount } = s;
  begin(s);
  for (let i = 0; i < itemCount; i++) {
    const points = itemPoints[i] as number;
    if (points === 0) continue;
    const placed = rules[itemPosition[i] as number] as PlacedRule;
    const funders = placed.funders ?? ((rules[itemOf[i] as number] as PlacedRule).funders as FunderShares);
    const partKey = partFor(placed.terms.lot, s) * FUNDERS;
    const row = itemRow[i] as number;
    const { numbers, weights, weightSum } = funders;
    const count = numbers.length;
    if (count === 1) {
      addToSlot(partKey + (numbers[0] as number), points, row, s);
      continue;
    }
    for (let f = 0; f < count; f++) shares[f] = 0;
    addSplit(points, weights, 0, count, weightSum, shares, 0);
    for (let f = 0; f < count; f++) addToSlot(partKey + (numbers[f] as number), shares[f] as number, row, s);
  }
  sortSlots();
  return listParts(s);
}

const NONE: readonly ReservedPart[] = [];

/** What waits for a top-up, by funder and time: split as the rules' points are, but of no line. */
export function reservedParts(s: Scratch): readonly ReservedPart[] {
  if (s.reservedCents === 0) return NONE;
  const { rules } = s.store.partner.plan;
  const parts = new Map<string, { times: LotTimes; cents: Map<PartnerId, PointsCents> }>();
  for (let i = 0; i < s.itemCount; i++) {
    const points = itemReserved[i] as number;
    if (points === 0) continue;
    const placed = rules[itemPosition[i] as number] as PlacedRule;
    const funders = placed.funders ?? ((rules[itemOf[i] as number] as PlacedRule).funders as FunderShares);
    const times = placed.terms.lot.timesOn(s.receipt.at, s.day);
    const key = `${times.availableAt} ${times.expiresAt}`;
    const part = parts.get(key) ?? { times, cents: new Map<PartnerId, PointsCents>() };
    parts.set(key, part);
    splitByLargestRemainder(points, [...funders.weights]).forEach((cents, f) => {
      const funder = funders.ids[f] as PartnerId;
      if (cents > 0) part.cents.set(funder, (part.cents.get(funder) ?? 0) + cents);
    });
  }
  return [...parts.values()].map(({ times: { availableAt, expiresAt }, cents }) => {
    const funders = [...cents.keys()].sort();
    const amountCents = funders.map((funder) => cents.get(funder) as number);
    return { availableAt, ...(expiresAt === undefined ? {} : { expiresAt }), funders, amountCents };
  });
}

function begin(s: Scratch): void {
  partCount = 0;
  slotCount = 0;
  for (let i = 0; i < s.programme.lotCount; i++) lotParts[i] = -1;
}

/** Rules with equal lot terms share a part; so do different terms that come to the same times. */
function partFor(lot: LotTerms, s: Scratch): number {
  const known = lotParts[lot.number] as number;
  if (known >= 0) return known;
  const times = lot.timesOn(s.receipt.at, s.day);
  let part = 0;
  while (part < partCount && !areEqual(parts[part] as LotTimes, times)) part++;
  if (part === partCount) parts[partCount++] = times;
  lotParts[lot.number] = part;
  return part;
}

function areEqual(one: LotTimes, other: LotTimes): boolean {
  return one.availableAt === other.availableAt && one.expiresAt === other.expiresAt;
}

function addToSlot(key: number, cents: number, row: number, { lineCount }: Scratch): void {
  if (cents === 0) return;
  const slot = slotFor(key, lineCount);
  const weightsAt = row * lineCount;
  amounts[slot] = (amounts[slot] as number) + cents;
  addSplit(cents, cells, weightsAt, lineCount, sumOf(cells, weightsAt, lineCount), sums, slot * lineCount);
}

function slotFor(key: number, lineCount: number): number {
  for (let slot = 0; slot < slotCount; slot++) if (keys[slot] === key) return slot;
  const slot = slotCount++;
  const row = slot * lineCount;
  invariant(row + lineCount <= sums.length, "as many funders and lines as pricing has room for");
  keys[slot] = key;
  amounts[slot] = 0;
  for (let i = row; i < row + lineCount; i++) sums[i] = 0;
  return slot;
}

function sumOf(weights: Float64Array, at: number, count: number): number {
  let sum = 0;
  for (let i = at; i < at + count; i++) sum += weights[i] as number;
  return sum;
}

/** By insertion: a receipt has a handful of slots. */
function sortSlots(): void {
  for (let i = 0; i < slotCount; i++) {
    const key = keys[i] as number;
    let at = i;
    while (at > 0 && (keys[order[at - 1] as number] as number) > key) {
      order[at] = order[at - 1] as number;
      at--;
    }
    order[at] = i;
  }
}

function listParts(s: Scratch): EarnedPart[] {
  const earned = new Array<EarnedPart>(partCount);
  let from = 0;
  for (let part = 0; part < partCount; part++) {
    let until = from;
    while (until < slotCount && (keys[order[until] as number] as number) < (part + 1) * FUNDERS) until++;
    earned[part] = makePart(part, from, until, s);
    from = until;
  }
  return earned;
}

/** The part made of the slots [from, until) in their order. */
function makePart(part: number, from: number, until: number, s: Scratch): EarnedPart {
  const { lineCount } = s;
  const { funderIds } = s.programme;
  const count = until - from;
  const funders = new Array<PartnerId>(count);
  const amountCents = new Array<PointsCents>(count);
  for (let f = 0; f < count; f++) {
    const slot = order[from + f] as number;
    funders[f] = funderIds[(keys[slot] as number) - part * FUNDERS] as PartnerId;
    amountCents[f] = small(amounts[slot] as number);
  }
  const lineCents = new Array<PointsCents[]>(lineCount);
  for (let i = 0; i < lineCount; i++) {
    const line = new Array<PointsCents>(count);
    for (let f = 0; f < count; f++) line[f] = small(sums[(order[from + f] as number) * lineCount + i] as number);
    lineCents[i] = line;
  }
  const { availableAt, expiresAt } = parts[part] as LotTimes;
  if (expiresAt === undefined) return { availableAt, funders, amountCents, lineCents };
  return { availableAt, expiresAt, funders, amountCents, lineCents };
}
