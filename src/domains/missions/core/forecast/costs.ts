import type { PointsCents } from "#kernel/money.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { mean, normal } from "./draws.ts";

/** What the reward gives members of the audience by their own receipts, hundredths of a point. */
export type Costs = {
  readonly perMember: readonly PointsCents[];
  readonly meanCents: number;
  /** Sums over them. */
  readonly byFunder: Readonly<Record<string, PointsCents>>;
  readonly byPartner: Readonly<Record<string, PointsCents>>;
  readonly members: number;
  readonly receipts: number;
};

/** Means of the audience that the sampled members may stand for. */
const MEANS = 200;
/** So many doers are drawn one by one; of more, the sum is normal. */
const FEW = 100;

/**
 * What so many doers earn: each earns what one of the sampled members would have. What is not known of the audience's mean
 * is drawn by the Bayesian bootstrap (Rubin 1981).
 */
export function drawCosts({ perMember }: Pick<Costs, "perMember">): (random: Random, doers: number) => number {
  const n = perMember.length;
  if (n === 0) return () => 0;
  const own = mean(perMember);
  if (own === 0) return () => 0;
  const spread = Math.sqrt(mean(perMember.map((cents) => (cents - own) ** 2)));
  const random = createRandom(n);
  const means = Array.from({ length: MEANS }, () => {
    let weights = 0;
    let sum = 0;
    for (const cents of perMember) {
      const weight = -Math.log(1 - random.next());
      weights += weight;
      sum += weight * cents;
    }
    return sum / weights;
  });
  return (random, doers) => {
    const factor = (means[random.int(MEANS)] as number) / own;
    if (doers > FEW) return Math.max(0, doers * own + Math.sqrt(doers) * spread * normal(random)) * factor;
    let sum = 0;
    for (let i = 0; i < doers; i++) sum += perMember[random.int(n)] as number;
    return sum * factor;
  };
}

/** Costs of members, each with what it earns by funder and by partner. */
export function costsOf(
  members: readonly {
    readonly byFunder: ReadonlyMap<string, number>;
    readonly byPartner: ReadonlyMap<string, number>;
  }[],
  receipts: number,
): Costs {
  const byFunder: Record<string, number> = {};
  const byPartner: Record<string, number> = {};
  const perMember = members.map((member) => {
    let cents = 0;
    for (const [funder, own] of member.byFunder) {
      byFunder[funder] = (byFunder[funder] ?? 0) + own;
      cents += own;
    }
    for (const [partner, own] of member.byPartner) byPartner[partner] = (byPartner[partner] ?? 0) + own;
    return cents;
  });
  return { perMember, meanCents: mean(perMember), byFunder, byPartner, members: members.length, receipts };
}
