import type { PoolClient } from "pg";
import {
  claimsOf,
  claimsOfKind,
  countIdentifiers,
  type Evidence,
  findApart,
  findMembers,
  type IdentifierKey,
  isBlocked,
  type Known,
  loadTrees,
  lockProfiles,
  normaliseIdentifier,
  type Profile,
  type ProfileIdentifier,
  type StoredProfile,
} from "#domains/identity/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { ProfileDeps } from "./deps.ts";

/** A profile on its way through a batch, its identifiers hashed once. */
export type Told = {
  readonly profile: Profile;
  readonly external: IdentifierKey;
  readonly bodyHash: Buffer;
  readonly identifiers: readonly ToldIdentifier[];
  /** Keyed hash (hex) of the birth date, if one was told. */
  readonly birthHash: string | undefined;
};

export type ToldIdentifier = ProfileIdentifier & { readonly key: IdentifierKey; readonly isBlocked: boolean };

/** What a batch knows of members: as stored, and then as its own decisions leave it, one after the other. */
export type BatchState = {
  readonly owners: Map<string, MemberId>;
  readonly profiles: Map<string, StoredProfile>;
  /** As of the decisions made so far, for one profile. */
  known(told: Told): Known;
  addIdentifier(member: MemberId, key: IdentifierKey): void;
  addBirth(member: MemberId, hash: string | undefined): void;
  addMember(member: MemberId): void;
  merge(survivor: MemberId, merged: MemberId): void;
};

export function tellOf(deps: ProfileDeps, profile: Profile, bodyHash: Buffer): Told {
  const birth = claimsOf(profile, []).find(({ kind }) => kind === "birth-date");
  return {
    profile,
    bodyHash,
    external: deps.identifierKey("external", `${profile.partner}:${profile.externalId}`),
    identifiers: profile.identifiers.map((identifier) => ({
      ...identifier,
      // A partner's own ids mean nothing at another.
      key: deps.identifierKey(identifier.kind, scoped(profile, identifier)),
      isBlocked: isBlocked(deps.guards(), identifier.kind, normaliseIdentifier(identifier.kind, identifier.value)),
    })),
    birthHash: birth && hexOf(deps.identifierKey(birth.kind, birth.value)),
  };
}

function scoped(profile: Profile, { kind, value }: ProfileIdentifier): string {
  return kind === "external" ? `${profile.partner}:${value}` : value;
}

export function hexOf(key: IdentifierKey): string {
  return key.valueHash.toString("hex");
}

export function evidenceOf(told: Told, owners: ReadonlyMap<string, MemberId>): Evidence[] {
  return told.identifiers
    .filter(({ verified }) => verified)
    .map(({ kind, key, isBlocked: blocked }) => ({
      kind,
      key: key.text,
      isBlocked: blocked,
      owner: owners.get(key.text),
    }));
}

/** Reads what the batch may need, in at most seven queries whatever its size; fewer where nobody is contested. */
export async function loadState(client: PoolClient, batch: readonly Told[]): Promise<BatchState> {
  const keys = batch.flatMap((told) => [told.external, ...told.identifiers.map(({ key }) => key)]);
  const owners = await findMembers(client, keys);
  const roots = await survivorsOf(client, [...new Set(owners.values())]);
  const refs = batch.flatMap(({ profile, external }) => {
    const member = owners.get(external.text);
    return member === undefined ? [] : [{ member, partner: profile.partner, externalHash: external.valueHash }];
  });
  const profiles = await lockProfiles(client, refs);
  const contested = [...new Set(batch.flatMap((told) => contestedRoots(told, owners, roots)))];
  const trees = await loadTrees(client, contested);
  const members = [...trees.values()].flat();
  const counts = await countIdentifiers(client, members);
  const births = await claimsOfKind(client, members, "birth-date");
  const apart = await findApart(client, members);
  return createState(owners, roots, profiles, trees, counts, births, apart);
}

/** Roots of which more than the id has to be known: something is added to them, or they may be merged. */
function contestedRoots(
  told: Told,
  owners: ReadonlyMap<string, MemberId>,
  roots: ReadonlyMap<MemberId, MemberId>,
): MemberId[] {
  const of = new Set<MemberId>();
  let isAdding = false;
  for (const key of [told.external, ...told.identifiers.filter(({ verified }) => verified).map(({ key }) => key)]) {
    const owner = owners.get(key.text);
    if (owner === undefined) isAdding = true;
    else of.add(roots.get(owner) ?? owner);
  }
  return isAdding || of.size > 1 ? [...of] : [];
}

function createState(
  owners: Map<string, MemberId>,
  roots: Map<MemberId, MemberId>,
  profiles: readonly StoredProfile[],
  trees: ReadonlyMap<MemberId, readonly MemberId[]>,
  counts: readonly { member: MemberId; kind: string; count: number }[],
  births: readonly { member: MemberId; hash: string }[],
  apart: readonly (readonly [MemberId, MemberId])[],
): BatchState {
  const members = new Map<MemberId, MemberId[]>([...trees].map(([root, tree]) => [root, [...tree]]));
  for (const [root, tree] of trees) for (const member of tree) roots.set(member, root);
  const root = (member: MemberId): MemberId => {
    let at = member;
    for (let next = roots.get(at); next !== undefined && next !== at; next = roots.get(at)) at = next;
    return at;
  };
  const countOf = new Map<string, number>();
  const add = (of: MemberId, kind: string, count: number): void => {
    countOf.set(`${of} ${kind}`, (countOf.get(`${of} ${kind}`) ?? 0) + count);
  };
  for (const { member, kind, count } of counts) add(root(member), kind, count);
  const birthsOf = new Map<MemberId, Set<string>>();
  const addBirth = (member: MemberId, hash: string | undefined): void => {
    if (hash === undefined) return;
    const known = birthsOf.get(root(member)) ?? new Set();
    birthsOf.set(root(member), known.add(hash));
  };
  for (const { member, hash } of births) addBirth(member, hash);
  const mergesOf = (of: MemberId): number => (members.get(of)?.length ?? 1) - 1;
  return {
    owners,
    profiles: new Map(profiles.map((each) => [Buffer.from(each.externalHash).toString("latin1"), each])),
    known: ({ birthHash }) => ({
      root,
      count: (of, kind) => countOf.get(`${of} ${kind}`) ?? 0,
      merges: mergesOf,
      areApart: (one, other) =>
        apart.some(([a, b]) => {
          const [rootA, rootB] = [root(a), root(b)];
          return (rootA === root(one) && rootB === root(other)) || (rootA === root(other) && rootB === root(one));
        }),
      isBornOtherwise: (of) => {
        const known = birthsOf.get(root(of));
        return birthHash !== undefined && known !== undefined && !known.has(birthHash);
      },
    }),
    addIdentifier: (member, key) => {
      owners.set(key.text, member);
      if (key.kind !== "external") add(root(member), key.kind, 1);
    },
    addBirth,
    addMember: (member) => {
      roots.set(member, member);
      members.set(member, [member]);
    },
    merge: (survivor, merged) => {
      for (const [key, count] of countOf) {
        const [of, kind] = key.split(" ") as [string, string];
        if (Number(of) === merged) add(survivor, kind, count);
      }
      const joined = [...(members.get(survivor) ?? [survivor]), ...(members.get(merged) ?? [merged])];
      const hashes = [...(birthsOf.get(merged) ?? [])];
      roots.set(merged, survivor);
      members.set(survivor, joined);
      for (const hash of hashes) addBirth(survivor, hash);
    },
  };
}
