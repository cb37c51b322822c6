import type { Random } from "#kernel/random.ts";
import type { Atom } from "../fields/types.ts";

/** Which atoms agree in a true match, as a bit mask; a set of such masks stands for all matches. */
export type AgreementSample = readonly bigint[];

/** A pair that is a match with probability `p`: which atoms agree, and for which groups of atoms it may speak. */
export type ProbableMatch = { readonly atoms: bigint; readonly p: number; readonly eligible: readonly boolean[] };

/** Shares assumed before anything is known: same value, a typo (half of the keys survive), another value. */
const ASSUMED = { same: 0.7, typo: 0.2 } as const;

/**
 * Matches as they might be before any was seen: in each group of atoms (a field) values are the same, have a typo, or
 * differ, and a key is missing as often as it is in the data (`filled`, share of records with the key).
 */
export function assumedMatches(
  groups: readonly (readonly number[])[],
  filled: readonly number[],
  random: Random,
  size: number,
): bigint[] {
  return Array.from({ length: size }, () => {
    let mask = 0n;
    for (const atoms of groups) {
      const draw = random.next();
      const missing = random.next();
      for (const atom of atoms) {
        const agrees = draw < ASSUMED.same || (draw < ASSUMED.same + ASSUMED.typo && random.next() < 0.5);
        if (agrees && missing < (filled[atom] ?? 0)) mask |= 1n << BigInt(atom);
      }
    }
    return mask;
  });
}

/**
 * Matches drawn from those found: per group of atoms, agreement as in probable matches that a rule not looking at this
 * group found (else agreement would be what the rule made it), groups independent of each other.
 */
export function learnedMatches(
  groups: readonly (readonly number[])[],
  matches: readonly ProbableMatch[],
  random: Random,
  size: number,
): bigint[] {
  const draws = groups.map((atoms, group) => {
    const mask = atoms.reduce((bits, atom) => bits | (1n << BigInt(atom)), 0n);
    const eligible = matches.filter((match) => match.eligible[group]);
    return weighedDraw(
      (eligible.length >= 20 ? eligible : matches).map(({ atoms: own, p }) => ({ mask: own & mask, p })),
      random,
    );
  });
  return Array.from({ length: size }, () => draws.reduce((mask, draw) => mask | draw(), 0n));
}

function weighedDraw(items: readonly { mask: bigint; p: number }[], random: Random): () => bigint {
  const shares = new Map<bigint, number>();
  for (const { mask, p } of items) shares.set(mask, (shares.get(mask) ?? 0) + p);
  const masks = [...shares.keys()];
  const total = [...shares.values()].reduce((a, b) => a + b, 0);
  return () => {
    let left = random.next() * total;
    for (const mask of masks) {
      left -= shares.get(mask) ?? 0;
      if (left <= 0) return mask;
    }
    return masks[masks.length - 1] ?? 0n;
  };
}

/** Atoms by the plan they belong to. */
export function atomGroups(atoms: readonly Atom[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, atom] of atoms.entries()) {
    const plan = atom.field.split("/")[0] ?? "";
    groups.set(plan, [...(groups.get(plan) ?? []), index]);
  }
  return [...groups.values()];
}
