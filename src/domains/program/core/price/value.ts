import { BASIS_POINTS_IN_WHOLE } from "#kernel/money.ts";
import type { CompiledProgramme } from "../compile/compiled.ts";

/**
 * One point is one rouble in nearly every programme: then kopecks and hundredths of a point are the same number.
 * Otherwise both conversions round down: a member never pays with more than the points are worth.
 */
const PAR = 100;

export function kopecksOfCents(cents: number, programme: CompiledProgramme): number {
  return programme.pointValueKopecks === PAR ? cents : scale(cents, programme.pointValueKopecks, PAR);
}

export function centsOfKopecks(kopecks: number, programme: CompiledProgramme): number {
  return programme.pointValueKopecks === PAR ? kopecks : scale(kopecks, PAR, programme.pointValueKopecks);
}

/** `amount × rateBp ÷ 10,000`, rounded down: the kernel's applyRate without its remainders, which cost 20 ns each. */
export function shareOf(amount: number, rateBp: number): number {
  const wholes = Math.floor(amount / BASIS_POINTS_IN_WHOLE);
  return wholes * rateBp + Math.floor(((amount - wholes * BASIS_POINTS_IN_WHOLE) * rateBp) / BASIS_POINTS_IN_WHOLE);
}

function scale(amount: number, by: number, per: number): number {
  const product = amount * by;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / per);
  return Number((BigInt(amount) * BigInt(by)) / BigInt(per));
}
