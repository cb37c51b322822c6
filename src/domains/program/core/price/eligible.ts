import type { Check, Condition } from "../compile/compiled.ts";
import { type Scratch, scratch } from "./scratch.ts";

const { lineCategory, lineFavourite } = scratch;

/** Whether the receipt as a whole fits. `placeMask` is the condition's, or undefined where it is known to hold. */
export function receiptFits(condition: Condition, placeMask: Uint8Array | undefined, s: Scratch): boolean {
  const { needs, needsToo, checks } = condition;
  if (needs !== 0 && (needs & s.slotBits) === 0) return false;
  if (needsToo !== 0 && (needsToo & s.slotBits) === 0) return false;
  if (placeMask !== undefined && placeMask[s.store.number] === 0) return false;
  for (let i = 0; i < checks.length; i++) if (!(checks[i] as Check)(s)) return false;
  return true;
}

/** Whether a condition picks line `i`, its checks of the whole receipt aside. */
export function lineFits(condition: Condition, s: Scratch, i: number): boolean {
  const { lineMask } = condition;
  if (lineMask !== undefined && lineMask[lineCategory[i] as number] === 0) return false;
  if (condition.favouriteOnly && (s.favouriteCount === 0 || lineFavourite[i] === 0)) return false;
  if (condition.anyOf !== undefined && !condition.anyOf.some((each) => fitsWhole(each, s, i))) return false;
  return condition.not === undefined || !fitsWhole(condition.not, s, i);
}

function fitsWhole(condition: Condition, s: Scratch, i: number): boolean {
  return receiptFits(condition, condition.placeMask, s) && lineFits(condition, s, i);
}
