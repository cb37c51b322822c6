/** A blocking rule: the atoms (indices) that must all agree. */
export type Rule = readonly number[];

/** The atoms as bits. */
export function maskOf(atoms: Rule): bigint {
  return atoms.reduce((mask, atom) => mask | (1n << BigInt(atom)), 0n);
}

/** Whether a pair with these agreeing atoms is found by a rule. */
export function finds(mask: bigint, atoms: bigint): boolean {
  return (atoms & mask) === mask;
}
