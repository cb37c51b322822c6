import { documentHash } from "#domains/program/index.ts";
import { type DrawCommitment, drawPrize, seedHash } from "./fair.ts";

/** A period as it is published after its end, with every draw of it. */
export type RevealedPeriod = {
  readonly commitment: DrawCommitment;
  readonly commitmentHash: string;
  /** Hexadecimal. */
  readonly serverSeed: string;
  readonly draws: readonly {
    readonly nonce: number;
    readonly clientSeed: string;
    readonly drawn: string;
    readonly given: string;
  }[];
};

export type DrawFault =
  | { readonly code: "commitment-differs" | "seed-differs" }
  | { readonly code: "draw-missing" | "draw-differs"; readonly nonce: number };

/**
 * Checks a revealed period: that its seed and terms are those committed to, that no draw is missing (nonces count
 * 1, 2, 3 …), and that each gave what the seed and the stock at that moment say.
 */
export function verifyDraws({ commitment, commitmentHash, serverSeed, draws }: RevealedPeriod): DrawFault[] {
  const faults: DrawFault[] = [];
  if (documentHash(commitment) !== commitmentHash) faults.push({ code: "commitment-differs" });
  const seed = Buffer.from(serverSeed, "hex");
  if (seedHash(seed) !== commitment.serverSeedHash) faults.push({ code: "seed-differs" });
  const taken = new Map<string, number>();
  let expected = 1;
  for (const { nonce, clientSeed, drawn, given } of draws.toSorted((a, b) => a.nonce - b.nonce)) {
    if (nonce !== expected) faults.push({ code: "draw-missing", nonce: expected });
    expected = nonce + 1;
    const right = drawPrize(commitment, seed, clientSeed, nonce, taken);
    if (right.drawn !== drawn || right.given !== given) faults.push({ code: "draw-differs", nonce });
    taken.set(given, (taken.get(given) ?? 0) + 1);
  }
  return faults;
}
