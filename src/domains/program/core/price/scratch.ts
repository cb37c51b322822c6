import type { CompiledProgramme, PricingContext } from "../compile/compiled.ts";
import type { MemberStanding, Receipt } from "../types.ts";

/**
 * Working memory of one pricing, kept from receipt to receipt: at 500,000 receipts a second, allocating it anew would
 * cost more than the pricing. Nothing in it outlives a call of `price`, which is synchronous, so it stays a pure
 * function to its callers.
 *
 * A row is a run of `lineCount` cells. Row `p` belongs to the rule at position `p` of the partner's plan; rows of
 * multiplied rules follow.
 */
export type Scratch = PricingContext & {
  /** Kopecks of each line that a rule looks at. */
  bases: Float64Array;
  /** What a rule's points are attributed by. */
  weights: Float64Array;
  /** By position: whether the rule fits, its base, its points. */
  fits: Uint8Array;
  base: Float64Array;
  points: Float64Array;
  /** Basis points where all lines earn the same percentage, else 0. */
  rate: Int32Array;
  /** Awards of the receipt: rules that fit, then multipliers, each for one rule. */
  itemCount: number;
  itemPosition: Int32Array;
  /** Position of the rule that a multiplier item multiplies, else -1. */
  itemOf: Int32Array;
  itemRow: Int32Array;
  itemBase: Float64Array;
  itemUncapped: Float64Array;
  itemPoints: Float64Array;
  itemCap: (string | undefined)[];
  rowCount: number;
  spentByLine: number[];
  spendableCents: number;
};

/** Widest receipt and longest plan met so far decide the sizes. */
const START_LINES = 16;
const START_ROWS = 64;

export function createScratch(): Scratch {
  const cells = START_LINES * START_ROWS;
  return {
    programme: undefined as unknown as CompiledProgramme,
    receipt: undefined as unknown as Receipt,
    standing: undefined as unknown as MemberStanding,
    store: undefined as unknown as Scratch["store"],
    channel: "",
    day: 0,
    lineCount: 0,
    lineCategory: new Int32Array(START_LINES),
    lineAmount: new Float64Array(START_LINES),
    linePaid: new Float64Array(START_LINES),
    lineFavourite: new Uint8Array(START_LINES),
    lineFavouriteBp: new Int32Array(START_LINES),
    favouriteCount: 0,
    slots: new Uint8Array(16),
    slotBits: 0,
    totalKopecks: 0,
    paidKopecks: 0,
    deliveryMoneyKopecks: 0,
    bases: new Float64Array(cells),
    weights: new Float64Array(cells),
    fits: new Uint8Array(START_ROWS),
    base: new Float64Array(START_ROWS),
    points: new Float64Array(START_ROWS),
    rate: new Int32Array(START_ROWS),
    itemCount: 0,
    itemPosition: new Int32Array(START_ROWS),
    itemOf: new Int32Array(START_ROWS),
    itemRow: new Int32Array(START_ROWS),
    itemBase: new Float64Array(START_ROWS),
    itemUncapped: new Float64Array(START_ROWS),
    itemPoints: new Float64Array(START_ROWS),
    itemCap: [],
    rowCount: 0,
    spentByLine: [],
    spendableCents: 0,
  };
}

export function fitLines(s: Scratch, lines: number): void {
  if (s.lineAmount.length >= lines) return;
  const size = lines * 2;
  s.lineCategory = new Int32Array(size);
  s.lineAmount = new Float64Array(size);
  s.linePaid = new Float64Array(size);
  s.lineFavourite = new Uint8Array(size);
  s.lineFavouriteBp = new Int32Array(size);
}

/** Room for the rows of a plan. */
export function fitRows(s: Scratch, rows: number): void {
  if (s.base.length < rows) {
    const size = rows * 2;
    s.fits = new Uint8Array(size);
    s.base = new Float64Array(size);
    s.points = new Float64Array(size);
    s.rate = new Int32Array(size);
    s.itemPosition = new Int32Array(size);
    s.itemOf = new Int32Array(size);
    s.itemRow = new Int32Array(size);
    s.itemBase = new Float64Array(size);
    s.itemUncapped = new Float64Array(size);
    s.itemPoints = new Float64Array(size);
  }
  const cells = rows * s.lineCount;
  if (s.bases.length < cells) {
    s.bases = new Float64Array(cells * 2);
    s.weights = new Float64Array(cells * 2);
  }
}
