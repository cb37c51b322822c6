import type { MemberId } from "#kernel/ids.ts";
import type { Guards } from "./guards.ts";

export type Decision = "new" | "attached" | "merged" | "for-review";

/** Why a decision is what it is: codes with data, never a value of an identifier. */
export type Why =
  | { readonly code: "same-profile" }
  | { readonly code: "shares-verified"; readonly kind: string; readonly member: MemberId }
  | { readonly code: "nobody-known" }
  | { readonly code: "blocked-value"; readonly kind: string }
  | { readonly code: "too-many"; readonly kind: string; readonly most: number; readonly member: MemberId }
  | { readonly code: "too-many-merges"; readonly most: number; readonly member: MemberId; readonly other: MemberId }
  | { readonly code: "kept-apart"; readonly member: MemberId; readonly other: MemberId }
  | { readonly code: "born-on-another-day"; readonly kind: string; readonly member: MemberId; readonly moved: boolean }
  | { readonly code: "merged"; readonly member: MemberId; readonly into: MemberId }
  /** Told to be one by a linkage of all profiles: how likely, and what each field weighs, in bits. */
  | ({ readonly code: "linked"; readonly run: string } & LinkEvidence)
  | { readonly code: "older-than-known" };

/** Names of fields and of how they compare; never a value. */
export type LinkEvidence = {
  readonly probability: number;
  readonly bits: number;
  readonly steps: readonly { readonly label: string; readonly bits: number }[];
};

/** A verified identifier of the profile, by its key, as far as deciding needs it. */
export type Evidence = {
  readonly kind: string;
  readonly key: string;
  readonly isBlocked: boolean;
  /** The member that has it; undefined when nobody does. */
  readonly owner: MemberId | undefined;
};

/** What is known of the members that a profile may belong to. `root` is who answers for a member. */
export type Known = {
  readonly root: (member: MemberId) => MemberId;
  /** Verified identifiers of a kind, over everybody that a root answers for. */
  readonly count: (root: MemberId, kind: string) => number;
  readonly merges: (root: MemberId) => number;
  readonly areApart: (one: MemberId, other: MemberId) => boolean;
  /** Whether a birth date is known of a root, and none of those known is the profile's. */
  readonly isBornOtherwise: (root: MemberId) => boolean;
};

export type Resolution = {
  readonly decision: Decision;
  readonly why: readonly Why[];
  /** The member that the profile stays with; undefined: a new one. */
  readonly home: MemberId | undefined;
  /** Roots to merge, in order, into the survivor. */
  readonly merges: readonly { readonly survivor: MemberId; readonly merged: MemberId }[];
  /** Keys that become the home's; those of somebody else only when the phone has moved. */
  readonly gains: readonly string[];
  readonly moves: readonly string[];
  /** Pairs for a person to decide. */
  readonly reviews: readonly { readonly one: MemberId; readonly other: MemberId; readonly reason: string }[];
};

/**
 * Who a profile is: the members that its verified identifiers belong to, and the one it was known as, are one person, unless
 * a guard says that they can't be. Nothing unverified decides. Without guards at work the clusters are the connected
 * components of "shares a verified identifier", so the order of arrival does not matter.
 */
export function resolve(
  existing: MemberId | undefined,
  evidence: readonly Evidence[],
  known: Known,
  guards: Guards,
): Resolution {
  const why: Why[] = [];
  const reviews: { one: MemberId; other: MemberId; reason: string }[] = [];
  if (existing !== undefined) why.push({ code: "same-profile" });
  const free: Evidence[] = [];
  const matches: { readonly member: MemberId; readonly kind: string }[] = [];
  const moves: Evidence[] = [];
  const strangers: MemberId[] = [];
  for (const each of evidence) {
    if (each.isBlocked) why.push({ code: "blocked-value", kind: each.kind });
    else if (each.owner === undefined) free.push(each);
    else if (each.kind === "phone" && isOther(each.owner, existing, known)) {
      const moved = guards.phoneOfAnother === "move";
      why.push({ code: "born-on-another-day", kind: each.kind, member: each.owner, moved });
      if (moved) moves.push(each);
      else strangers.push(each.owner);
    } else matches.push({ member: each.owner, kind: each.kind });
  }
  for (const { member, kind } of matches) why.push({ code: "shares-verified", kind, member });
  const home = existing ?? matches[0]?.member;
  const joined = home === undefined ? undefined : joinRoots(home, matches, known, guards);
  if (joined) {
    why.push(...joined.why);
    reviews.push(...joined.reviews);
  } else why.push({ code: "nobody-known" });
  const gained = gain([...free, ...moves], home, joined?.root, joined?.absorbed ?? [], known, guards);
  why.push(...gained.why);
  if (home !== undefined) for (const other of strangers) reviews.push({ one: home, other, reason: "phone-of-another" });
  const refused = reviews.length > 0 || strangers.length > 0 || gained.why.length > 0;
  const merges = joined?.merges ?? [];
  const settled: Decision =
    merges.length > 0 ? "merged" : existing === undefined && home === undefined ? "new" : "attached";
  return {
    decision: refused ? "for-review" : settled,
    why,
    home,
    merges,
    gains: gained.keys.filter((key) => free.some((each) => each.key === key)),
    moves: gained.keys.filter((key) => moves.some((each) => each.key === key)),
    reviews,
  };
}

function isOther(owner: MemberId, existing: MemberId | undefined, known: Known): boolean {
  if (existing !== undefined && known.root(owner) === known.root(existing)) return false;
  return known.isBornOtherwise(known.root(owner));
}

function joinRoots(home: MemberId, matches: readonly { readonly member: MemberId }[], known: Known, guards: Guards) {
  const why: Why[] = [];
  const reviews: { one: MemberId; other: MemberId; reason: string }[] = [];
  const merges: { survivor: MemberId; merged: MemberId }[] = [];
  const others = [...new Set(matches.map(({ member }) => known.root(member)))].sort((a, b) => a - b);
  const absorbed: MemberId[] = [];
  let root = known.root(home);
  for (const other of others) {
    if (other === root || absorbed.includes(other)) continue;
    const all = [root, ...absorbed];
    const refusal = refuseMerge(all, other, known, guards);
    if (refusal) {
      why.push(refusal);
      // What a person has decided is not asked again.
      if (refusal.code !== "kept-apart") reviews.push({ one: home, other, reason: refusal.code });
      continue;
    }
    // The elder survives, so that it does not matter which of the two was met first.
    const [survivor, merged] = root < other ? [root, other] : [other, root];
    merges.push({ survivor, merged });
    why.push({ code: "merged", member: merged, into: survivor });
    absorbed.push(merged);
    root = survivor;
  }
  return { root, absorbed, merges, why, reviews };
}

/** What keeps `other` from being joined to `all`, the first of whom answers for the rest; undefined when nothing does. */
export function refuseMerge(
  all: readonly MemberId[],
  other: MemberId,
  known: Omit<Known, "root" | "isBornOtherwise">,
  guards: Guards,
): Why | undefined {
  const root = all[0] as MemberId;
  for (const each of all) if (known.areApart(each, other)) return { code: "kept-apart", member: each, other };
  let merges = known.merges(other) + 1;
  for (const each of all) merges += known.merges(each) + (each === root ? 0 : 1);
  if (merges > guards.mostMerges) return { code: "too-many-merges", most: guards.mostMerges, member: root, other };
  for (const [kind, most] of Object.entries(guards.most)) {
    let count = known.count(other, kind);
    for (const each of all) count += known.count(each, kind);
    if (most !== undefined && count > most) return { code: "too-many", kind, most, member: root };
  }
  return undefined;
}

function gain(
  free: readonly Evidence[],
  home: MemberId | undefined,
  root: MemberId | undefined,
  absorbed: readonly MemberId[],
  known: Known,
  guards: Guards,
) {
  const keys: string[] = [];
  const why: Why[] = [];
  const added = new Map<string, number>();
  for (const { kind, key } of free) {
    const most = guards.most[kind];
    let count = added.get(kind) ?? 0;
    if (root !== undefined) for (const each of [root, ...absorbed]) count += known.count(each, kind);
    if (most !== undefined && count >= most) {
      why.push({ code: "too-many", kind, most, member: home ?? 0 });
      continue;
    }
    added.set(kind, (added.get(kind) ?? 0) + 1);
    keys.push(key);
  }
  return { keys, why };
}
