import type { LinkEvidence, LinkPair } from "#domains/identity/index.ts";
import {
  explainPair,
  LINK_DEFAULTS,
  type Linkage,
  type LinkedPair,
  type LinkStep,
  linkRecords,
  totalWeight,
} from "#domains/identity/linkage/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { stepLabel } from "../report.ts";
import type { LinkMembersDeps } from "./deps.ts";
import type { StoredPopulation } from "./read-population.ts";

/** Before the names of a run's tables in ClickHouse: what a killed run left there is found by it. */
export const TABLE_PREFIX = "dolka_members_";

export type FoundPairs = {
  /** The surest first. */
  readonly pairs: readonly LinkPair[];
  readonly comparedPairs: number;
  readonly thresholds: { readonly merge: number; readonly review: number };
  /** Pairs between the thresholds that went to nobody because there are too many. */
  readonly left: number;
};

/**
 * Scores pairs of members in ClickHouse and says which are surely one (above the upper threshold and in one cluster, which
 * chains don't survive) and which a person should look at. Its tables hold numbers of rows and the compared values; they
 * are dropped before it returns, also after a failure.
 */
export async function findPairs(
  deps: LinkMembersDeps,
  run: string,
  population: StoredPopulation,
  progress: (step: LinkStep) => void,
): Promise<FoundPairs> {
  const { settings, clickhouse } = deps;
  const none = { pairs: [], comparedPairs: 0, thresholds: { merge: 1, review: 1 }, left: 0 };
  if (population.members.length < 2 || population.fields.length === 0) return none;
  const config = {
    ...LINK_DEFAULTS,
    fields: population.fields,
    maxClusterSize: Math.max(2, settings.guards.mostMerges + 1),
  };
  const tables = TABLE_PREFIX + run.replace(/[^a-z0-9]/gi, "");
  const linkage = await linkRecords({ clickhouse, run: tables, progress }, config, population.input);
  return choosePairs(linkage, population.members, settings.linkage);
}

/** Pure: what of a linkage is merged, what is asked, what is left. */
export function choosePairs(
  linkage: Linkage,
  members: readonly MemberId[],
  limits: LinkMembersDeps["settings"]["linkage"],
): FoundPairs {
  const merge = Math.max(linkage.bands.merge, limits.mergeFrom);
  const review = Math.min(merge, Math.max(linkage.bands.review, limits.reviewFrom));
  const { clusterOf } = linkage.clustering;
  const together = ({ l, r }: LinkedPair) => clusterOf.has(l) && clusterOf.get(l) === clusterOf.get(r);
  const isEnough = members.length >= limits.leastMembers;
  const sure: LinkedPair[] = [];
  const asked: LinkedPair[] = [];
  for (const pair of linkage.pairs) {
    if (pair.p >= merge && together(pair) && isEnough) sure.push(pair);
    else if (pair.p >= review) asked.push(pair);
  }
  const surest = (a: LinkedPair, b: LinkedPair) => b.p - a.p || a.l - b.l || a.r - b.r;
  sure.sort(surest);
  asked.sort(surest);
  const toPair = (pair: LinkedPair, isSure: boolean): LinkPair => ({
    one: members[pair.l] as MemberId,
    other: members[pair.r] as MemberId,
    isSure,
    evidence: evidenceOf(linkage, pair),
  });
  const shown = asked.slice(0, limits.mostReviews);
  return {
    pairs: [...sure.map((pair) => toPair(pair, true)), ...shown.map((pair) => toPair(pair, false))],
    comparedPairs: linkage.comparedPairs,
    thresholds: { merge, review },
    left: asked.length - shown.length,
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function evidenceOf(linkage: Linkage, pair: LinkedPair): LinkEvidence {
  const { prepared, model } = linkage;
  return {
    probability: rounded(pair.p, 6),
    bits: rounded(totalWeight(model, prepared.fields, pair), 2),
    steps: explainPair(model, prepared.fields, pair).map((step) => ({
      label: stepLabel(linkage, pair, step),
      bits: rounded(step.bits, 2),
    })),
  };
}
