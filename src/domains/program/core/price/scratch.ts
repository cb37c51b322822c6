import { invariant } from "#kernel/invariant.ts";
import type { CapUseKey, CompiledProgramme, PartnerPlan, PricingContext } from "../compile/compiled.ts";
import type { MemberStanding, Receipt } from "../types.ts";

/** Widest receipt; most rows, rules, caps and traits of a plan; most cells: a receipt's lines × the plan's rows. */
const LINES = 65_536;
const ROWS = 65_536;
const CELLS = 2_097_152;

/**
 * Working memory of one pricing, kept from receipt to receipt: at 500,000 receipts a second, allocating it anew would
 * cost more than the pricing. Nothing in it outlives a call of `price`, which is synchronous, so it stays a pure
 * function to its callers.
 *
 * There is one, and its arrays are never replaced: files take those they work on into constants, so that compiled code
 * knows where each lies, which spares about a tenth of a pricing. They are wide, since pages never touched take no memory.
 *
 * A row is a run of `lineCount` cells; the partner's plan says which row is whose. What is marked with the `turn` of this
 * receipt holds for it: nothing has to be cleared before the next.
 */
export type Scratch = typeof scratch;

export const scratch = {
  ...({
    programme: undefined as unknown as CompiledProgramme,
    receipt: undefined as unknown as Receipt,
    standing: undefined as unknown as MemberStanding,
    store: undefined as unknown as PricingContext["store"],
    channel: "",
    day: 0,
    lineCount: 0,
    lineCategory: new Int32Array(LINES),
    lineAmount: new Float64Array(LINES),
    linePaid: new Float64Array(LINES),
    lineFavourite: new Uint8Array(LINES),
    lineFavouriteBp: new Int32Array(LINES),
    levelNumber: 0,
    favouriteCount: 0,
    slots: new Uint8Array(ROWS),
    slotBits: 0,
    held: new Int32Array(ROWS),
    heldCount: 0,
    totalKopecks: 0,
    paidKopecks: 0,
    deliveryMoneyKopecks: 0,
  } satisfies PricingContext),
  turn: 0,
  /** Numbers of the member's favourite categories, `favouriteCount` of them; whether any that was bought depends on the level. */
  favourites: new Int32Array(ROWS),
  favouritesVary: false,
  /** Rows of kopecks that rules look at, and of weights by which their points are attributed to lines. */
  cells: new Float64Array(CELLS),
  /** By row of kopecks: the turn that filled it, how many lines fit, whether all are free, their sum, the sum that counts. */
  rowTurn: new Float64Array(ROWS),
  rowFitting: new Int32Array(ROWS),
  rowFree: new Uint8Array(ROWS),
  rowLines: new Float64Array(ROWS),
  rowSum: new Float64Array(ROWS),
  /** By position: the turn in which the rule fits, its points. */
  fitTurn: new Float64Array(ROWS),
  points: new Float64Array(ROWS),
  /** Basis points where all lines earn the same percentage, else 0. */
  rate: new Int32Array(ROWS),
  /** Awards of the receipt: rules that fit, then multipliers, each for one rule. */
  itemCount: 0,
  itemPosition: new Int32Array(ROWS),
  /** Position of the rule that a multiplier item multiplies, else -1. */
  itemOf: new Int32Array(ROWS),
  itemRow: new Int32Array(ROWS),
  itemBase: new Float64Array(ROWS),
  itemUncapped: new Float64Array(ROWS),
  itemPoints: new Float64Array(ROWS),
  itemCap: [] as (string | undefined)[],
  /** Points cut by a deposit that wait for its top-up; `reservedCents` is their sum, nearly always 0. */
  itemReserved: new Float64Array(ROWS),
  reservedCents: 0,
  /** Positions that this member's receipts look at, in order: first `ownCandidates` of rules, then multipliers. */
  candidates: new Int32Array(ROWS),
  candidateCount: 0,
  ownCandidates: 0,
  /** By cap of the plan: the turn in which an item is under it; the sum under it before it cut; what it let through; its key. */
  capTurn: new Float64Array(ROWS),
  capSums: new Float64Array(ROWS),
  capLeft: new Float64Array(ROWS),
  capKeys: [] as (CapUseKey | undefined)[],
};

/** Far beyond what a door lets in or a coalition could read; a bug where it does not hold. */
export function checkRoom(lines: number, plan: PartnerPlan, slots: number): void {
  const rows = plan.rowCount + plan.rules.length;
  const fits = lines <= LINES && lines * rows <= CELLS && Math.max(rows, plan.caps.length, slots) <= ROWS;
  invariant(fits, "pricing has no room for so many lines and rules");
}
