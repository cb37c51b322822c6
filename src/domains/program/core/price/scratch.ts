import type { CompiledProgramme, PartnerPlan, PricingContext } from "../compile/compiled.ts";
import type { MemberStanding, Receipt } from "../types.ts";

/**
 * Working memory of one pricing, kept from receipt to receipt: at 500,000 receipts a second, allocating it anew would
 * cost more than the pricing. Nothing in it outlives a call of `price`, which is synchronous, so it stays a pure
 * function to its callers.
 *
 * A row is a run of `lineCount` cells; the partner's plan says which row is whose.
 */
export type Scratch = PricingContext & {
  /** Numbers of the member's favourite categories, `favouriteCount` of them; whether any that was bought depends on the level. */
  favourites: number[];
  favouritesVary: boolean;
  /** Rows of kopecks that rules look at, and of weights by which their points are attributed to lines. */
  cells: Float64Array;
  /** By row of kopecks: whether it is filled, how many lines fit, whether all are free, their sum, the sum that counts. */
  rowDone: Uint8Array;
  rowFitting: Int32Array;
  rowFree: Uint8Array;
  rowLines: Float64Array;
  rowSum: Float64Array;
  /** By position: whether the rule fits, its points. */
  fits: Uint8Array;
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
  /** Points cut by a deposit that wait for its top-up; `reservedCents` is their sum, nearly always 0. */
  itemReserved: Float64Array;
  reservedCents: number;
  /** Positions that this member's receipts look at, in order: first `ownCandidates` of rules, then multipliers. */
  candidates: Int32Array;
  candidateCount: number;
  ownCandidates: number;
  /** By cap of the plan: whether an item is under it; the sum under it before it cut; what it let through when asked. */
  capTouched: Uint8Array;
  capSums: Float64Array;
  capLeft: Float64Array;
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
    levelNumber: 0,
    favourites: [],
    favouriteCount: 0,
    favouritesVary: false,
    slots: new Uint8Array(16),
    slotBits: 0,
    held: new Int32Array(16),
    heldCount: 0,
    totalKopecks: 0,
    paidKopecks: 0,
    deliveryMoneyKopecks: 0,
    cells: new Float64Array(cells),
    rowDone: new Uint8Array(START_ROWS),
    rowFitting: new Int32Array(START_ROWS),
    rowFree: new Uint8Array(START_ROWS),
    rowLines: new Float64Array(START_ROWS),
    rowSum: new Float64Array(START_ROWS),
    fits: new Uint8Array(START_ROWS),
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
    itemReserved: new Float64Array(START_ROWS),
    reservedCents: 0,
    candidates: new Int32Array(START_ROWS),
    candidateCount: 0,
    ownCandidates: 0,
    capTouched: new Uint8Array(START_ROWS),
    capSums: new Float64Array(START_ROWS),
    capLeft: new Float64Array(START_ROWS),
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

/** Room for a plan: rows, positions, and items, of which there are as many at most as rules and rows of multipliers. */
export function fitPlan(s: Scratch, plan: PartnerPlan): void {
  const size = Math.max(plan.rowCount + plan.rules.length, plan.caps.length);
  if (s.points.length < size) growTo(s, size * 2);
  const cells = plan.rowCount * s.lineCount;
  if (s.cells.length < cells) s.cells = new Float64Array(cells * 2);
}

function growTo(s: Scratch, size: number): void {
  s.rowDone = new Uint8Array(size);
  s.rowFitting = new Int32Array(size);
  s.rowFree = new Uint8Array(size);
  s.rowLines = new Float64Array(size);
  s.rowSum = new Float64Array(size);
  s.fits = new Uint8Array(size);
  s.points = new Float64Array(size);
  s.rate = new Int32Array(size);
  s.itemPosition = new Int32Array(size);
  s.itemOf = new Int32Array(size);
  s.itemRow = new Int32Array(size);
  s.itemBase = new Float64Array(size);
  s.itemUncapped = new Float64Array(size);
  s.itemPoints = new Float64Array(size);
  s.itemReserved = new Float64Array(size);
  s.candidates = new Int32Array(size);
  s.capTouched = new Uint8Array(size);
  s.capSums = new Float64Array(size);
  s.capLeft = new Float64Array(size);
}
