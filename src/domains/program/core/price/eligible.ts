import type { Check, Condition } from "../compile/compiled.ts";
import type { Scratch } from "./scratch.ts";

export function checksHold(checks: readonly Check[], s: Scratch): boolean {
  for (let i = 0; i < checks.length; i++) if (!(checks[i] as Check)(s)) return false;
  return true;
}

/** Whether a condition picks line `i`, its checks of the whole receipt aside. */
export function lineFits(condition: Condition, s: Scratch, i: number): boolean {
  const { lineMask } = condition;
  if (lineMask !== undefined && lineMask[s.lineCategory[i] as number] === 0) return false;
  if (condition.favouriteOnly && (s.favouriteCount === 0 || s.lineFavourite[i] === 0)) return false;
  if (condition.anyOf !== undefined && !condition.anyOf.some((each) => fitsWhole(each, s, i))) return false;
  return condition.not === undefined || !fitsWhole(condition.not, s, i);
}

function fitsWhole(condition: Condition, s: Scratch, i: number): boolean {
  return checksHold(condition.checks, s) && lineFits(condition, s, i);
}
