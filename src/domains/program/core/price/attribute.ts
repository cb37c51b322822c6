import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { FunderShares, LotTimes, PlacedRule } from "../compile/compiled.ts";
import type { EarnedPart } from "../types.ts";
import type { Scratch } from "./scratch.ts";
import { splitInto } from "./split.ts";

/** Points of one availability and expiry while they are summed: a slot per funder, a row of lines per slot. */
type Part = {
  availableAt: EpochMs;
  expiresAt: EpochMs | undefined;
  slotCount: number;
  /** Funder numbers, which follow the code point order of their ids. */
  numbers: number[];
  ids: PartnerId[];
  amounts: number[];
  rows: number[];
};

const parts: Part[] = [];
let partCount = 0;
let lotParts = new Int32Array(8);
let sums = new Float64Array(256);
let rowCount = 0;
let shares = new Float64Array(16);
let lineShares = new Float64Array(16);

/**
 * Splits each item's points over its funders, each funder's amount over the lines that brought it, both by largest
 * remainder, and sums them by availability and expiry.
 */
export function attributeItems(s: Scratch): EarnedPart[] {
  partCount = 0;
  rowCount = 0;
  if (lotParts.length < s.programme.lotCount) lotParts = new Int32Array(s.programme.lotCount * 2);
  lotParts.fill(-1);
  if (lineShares.length < s.lineCount) lineShares = new Float64Array(s.lineCount * 2);
  const { rules } = s.store.partner.plan;
  for (let i = 0; i < s.itemCount; i++) {
    const points = s.itemPoints[i] as number;
    if (points === 0) continue;
    const placed = rules[s.itemPosition[i] as number] as PlacedRule;
    const of = s.itemOf[i] as number;
    const funders = placed.funders ?? ((rules[of] as PlacedRule).funders as FunderShares);
    addItem(points, partFor(placed, s), funders, (s.itemRow[i] as number) * s.lineCount, s);
  }
  const earned = new Array<EarnedPart>(partCount);
  for (let p = 0; p < partCount; p++) earned[p] = finish(parts[p] as Part, s.lineCount);
  return earned;
}

/** Rules with equal lot terms share a part; so do different terms that come to the same times. */
function partFor(placed: PlacedRule, s: Scratch): Part {
  const { lot } = placed.terms;
  const known = lotParts[lot.number] as number;
  if (known >= 0) return parts[known] as Part;
  const times: LotTimes = lot.times(s.receipt.at);
  for (let p = 0; p < partCount; p++) {
    const part = parts[p] as Part;
    if (part.availableAt === times.availableAt && part.expiresAt === times.expiresAt) {
      lotParts[lot.number] = p;
      return part;
    }
  }
  lotParts[lot.number] = partCount;
  return openPart(times);
}

function openPart(times: LotTimes): Part {
  const kept = parts[partCount];
  const part = kept ?? {
    availableAt: 0,
    expiresAt: undefined,
    slotCount: 0,
    numbers: [],
    ids: [],
    amounts: [],
    rows: [],
  };
  if (!kept) parts.push(part);
  partCount++;
  part.availableAt = times.availableAt;
  part.expiresAt = times.expiresAt;
  part.slotCount = 0;
  return part;
}

function addItem(points: number, part: Part, funders: FunderShares, weightsAt: number, s: Scratch): void {
  const count = funders.ids.length;
  if (shares.length < count) shares = new Float64Array(count * 2);
  splitInto(points, funders.weights, 0, count, shares, 0);
  for (let f = 0; f < count; f++) {
    const amount = shares[f] as number;
    if (amount === 0) continue;
    const slot = slotFor(part, funders.numbers[f] as number, funders.ids[f] as PartnerId, s.lineCount);
    part.amounts[slot] = (part.amounts[slot] as number) + amount;
    splitInto(amount, s.weights, weightsAt, s.lineCount, lineShares, 0);
    const row = part.rows[slot] as number;
    for (let i = 0; i < s.lineCount; i++) sums[row + i] = (sums[row + i] as number) + (lineShares[i] as number);
  }
}

/** The funder's slot in the part, kept in order of funder numbers by insertion. */
function slotFor(part: Part, number: number, id: PartnerId, lineCount: number): number {
  let slot = 0;
  while (slot < part.slotCount && (part.numbers[slot] as number) < number) slot++;
  if (slot < part.slotCount && part.numbers[slot] === number) return slot;
  for (let i = part.slotCount; i > slot; i--) {
    part.numbers[i] = part.numbers[i - 1] as number;
    part.ids[i] = part.ids[i - 1] as PartnerId;
    part.amounts[i] = part.amounts[i - 1] as number;
    part.rows[i] = part.rows[i - 1] as number;
  }
  part.slotCount++;
  part.numbers[slot] = number;
  part.ids[slot] = id;
  part.amounts[slot] = 0;
  part.rows[slot] = openRow(lineCount);
  return slot;
}

function openRow(lineCount: number): number {
  const row = rowCount;
  rowCount += lineCount;
  if (sums.length < rowCount) {
    const grown = new Float64Array(rowCount * 2);
    grown.set(sums);
    sums = grown;
  }
  for (let i = row; i < rowCount; i++) sums[i] = 0;
  return row;
}

function finish(part: Part, lineCount: number): EarnedPart {
  const count = part.slotCount;
  const funders = new Array<PartnerId>(count);
  const amountCents = new Array<PointsCents>(count);
  for (let f = 0; f < count; f++) {
    funders[f] = part.ids[f] as PartnerId;
    amountCents[f] = part.amounts[f] as number;
  }
  const lineCents = new Array<PointsCents[]>(lineCount);
  for (let i = 0; i < lineCount; i++) {
    const line = new Array<PointsCents>(count);
    for (let f = 0; f < count; f++) line[f] = sums[(part.rows[f] as number) + i] as number;
    lineCents[i] = line;
  }
  const { availableAt, expiresAt } = part;
  if (expiresAt === undefined) return { availableAt, funders, amountCents, lineCents };
  return { availableAt, expiresAt, funders, amountCents, lineCents };
}
