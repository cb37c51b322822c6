import type { PoolClient } from "pg";
import {
  claimsOfKind,
  countIdentifiers,
  findApart,
  insertMerge,
  type LinkEvidence,
  type LinkPair,
  loadTrees,
  markLinkPair,
  openPair,
  refuseMerge,
  settlePairs,
} from "#domains/identity/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import { MergeRace, mergeMembers, racingTransaction } from "#flows/merge/index.ts";
import { bucketOf, type MemberId, memberIds } from "#kernel/ids.ts";
import type { LinkMembersDeps } from "./deps.ts";

/**
 * What became of a pair. `review`: between the thresholds; `guarded`: a guard kept a sure pair from being merged; both go to a
 * person. `waiting`: a person was asked about the two before.
 */
export type PairOutcome = "merged" | "review" | "guarded" | "waiting" | "apart" | "together" | "gone";

/**
 * Decides one pair, once: in one transaction it merges or asks, and remembers that it did. Wallets may have moved since the
 * run began; who answers for the two is looked up now.
 */
export async function decidePairOf(
  deps: LinkMembersDeps,
  run: string,
  pair: LinkPair & { readonly number: number },
): Promise<PairOutcome> {
  return racingTransaction(deps.pool, async (client) => {
    const outcome = await decide(deps, client, run, pair);
    await markLinkPair(client, run, pair.number, outcome);
    return outcome;
  });
}

async function decide(deps: LinkMembersDeps, client: PoolClient, run: string, pair: LinkPair): Promise<PairOutcome> {
  const roots = await survivorsOf(client, [pair.one, pair.other]);
  const [one, other] = [roots.get(pair.one), roots.get(pair.other)];
  if (one === undefined || other === undefined) return "gone";
  if (one === other) return "together";
  if (!(await areOpen(client, [one, other]))) return "gone";
  const refusal = await refusalOf(deps, client, one, other);
  // What a person has decided is not asked again.
  if (refusal === "kept-apart") return "apart";
  if (pair.isSure && refusal === undefined) {
    await merge(deps, client, run, one, other, pair.evidence as LinkEvidence);
    return "merged";
  }
  const reason = pair.isSure ? (refusal as string) : "linkage";
  const evidence = { run, ...(pair.evidence as LinkEvidence) };
  const isNew = await openPair(client, { one, other, reason, evidence, openedAt: deps.clock.now() });
  if (!isNew) return "waiting";
  return pair.isSure ? "guarded" : "review";
}

/** By primary key; erased members stand for themselves in `survivorsOf`. */
async function areOpen(client: PoolClient, members: readonly MemberId[]): Promise<boolean> {
  const { rows } = await client.query<{ open: number }>(
    "select count(*)::int as open from wallet where bucket = any($1) and member_id = any($2) and status = 'open'",
    [members.map(bucketOf), members],
  );
  return rows[0]?.open === members.length;
}

/** The same guards as for a profile's proof, and one more: who is known to be born on another day is not merged unseen. */
async function refusalOf(deps: LinkMembersDeps, client: PoolClient, one: MemberId, other: MemberId) {
  const trees = await loadTrees(client, [one, other]);
  const rootOf = new Map([...trees].flatMap(([root, tree]) => tree.map((member) => [member, root] as const)));
  const members = [...rootOf.keys()];
  const counts = await countIdentifiers(client, members);
  const apart = await findApart(client, members);
  const refusal = refuseMerge(
    [one],
    other,
    {
      count: (root, kind) =>
        counts.reduce(
          (sum, each) => sum + (rootOf.get(each.member) === root && each.kind === kind ? each.count : 0),
          0,
        ),
      merges: (root) => (trees.get(root)?.length ?? 1) - 1,
      areApart: () => apart.some(([a, b]) => rootOf.has(a) && rootOf.has(b) && rootOf.get(a) !== rootOf.get(b)),
    },
    deps.settings.guards,
  );
  if (refusal) return refusal.code;
  const births = await claimsOfKind(client, members, "birth-date");
  const bornOf = (root: MemberId) => births.filter(({ member }) => rootOf.get(member) === root).map(({ hash }) => hash);
  const [ofOne, ofOther] = [bornOf(one), bornOf(other)];
  const differ = ofOne.length > 0 && ofOther.length > 0 && !ofOne.some((hash) => ofOther.includes(hash));
  return differ ? "born-on-another-day" : undefined;
}

async function merge(
  deps: LinkMembersDeps,
  client: PoolClient,
  run: string,
  one: MemberId,
  other: MemberId,
  evidence: LinkEvidence,
): Promise<void> {
  const [survivor, merged] = one < other ? [one, other] : [other, one];
  const by = `linkage ${run}`;
  const reason = { by, why: "a linkage of all profiles holds them for one person" };
  const posted = await mergeMembers(
    { now: deps.clock.now, programmes: deps.programmes },
    client,
    survivor,
    merged,
    reason,
  );
  if (!posted.ok) throw new MergeRace(memberIds.format(posted.failure.member));
  const at = deps.clock.now();
  const why = [{ code: "linked", run, ...evidence }];
  await insertMerge(client, { member: merged, seq: posted.value.mergedSeq, survivor, at, decidedBy: by, why });
  const tree = (await loadTrees(client, [survivor])).get(survivor) ?? [survivor, merged];
  await settlePairs(client, tree, { at, by });
}
