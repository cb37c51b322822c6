/** A blocking rule: the atoms (indices) that must all agree. */
export type Rule = readonly number[];

/** The atoms as bits. */
export function maskOf(atoms: Rule): bigint {
  return atoms.reduce((mask, atom) => mask | (1n << BigInt(atom)), 0n);
}

/** A mask in halves of 32 bits, as signed integers: far cheaper to compare than big ones. */
export type HalfMask = { readonly low: number; readonly high: number };

export function halvesOf(mask: bigint): HalfMask {
  return { low: Number(BigInt.asIntN(32, mask)), high: Number(BigInt.asIntN(32, mask >> 32n)) };
}

/** Whether all bits of `mask` are among `atoms`. */
export function includes(atoms: HalfMask, mask: HalfMask): boolean {
  return (atoms.low & mask.low) === mask.low && (atoms.high & mask.high) === mask.high;
}

/** Whether the two have a bit in common. */
export function meets(a: HalfMask, b: HalfMask): boolean {
  return (a.low & b.low) !== 0 || (a.high & b.high) !== 0;
}
