import type { Pool } from "pg";
import {
  createIdentifierKeys,
  createKeyWrapper,
  createMemberIds,
  findMembers,
  type KeyWrapper,
  listOpenPairs,
  lockProfiles,
  type Pair,
  type Profile,
} from "#domains/identity/index.ts";
import { survivorsOf } from "#domains/ledger/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import type { ProfileOutcome } from "./decide-batch.ts";
import {
  type Decided,
  decideReview,
  eraseMember,
  mergeByHand,
  type PeopleFailure,
  unmergeByHand,
} from "./decide-people.ts";
import type { ProfileDeps } from "./deps.ts";
import { DEFAULT_IDENTITY, type IdentitySettings } from "./identity-settings.ts";
import { createLookup, type Lookup } from "./lookup.ts";
import { createProfileQueue } from "./profile-queue.ts";
import { putProfiles } from "./put-profiles.ts";
import { type MemberAttribute, readAttributes } from "./read-attributes.ts";
import {
  type Asker,
  explainMember,
  type MemberStep,
  type MemberView,
  type ProfileView,
  readHousehold,
  readMember,
} from "./read-member.ts";
import { openProfiles } from "./sealed-profile.ts";

export type ProfilesOptions = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** Keys the hashes of identifiers, as in the checkout. */
  readonly identifierSecret: Uint8Array;
  /** 32 bytes that wrap the members' data keys; lost, nothing personal can be read again. */
  readonly masterKey: Uint8Array;
  readonly random: (bytes: number) => Uint8Array;
  /** Guards, strategies and rules; the usual ones unless given. */
  readonly settings?: IdentitySettings;
};

/** Everything about who members are. Built once in `main` and given to the routes. */
export type Profiles = {
  /** For the linkage of all of them: what opens sealed data, and the settings. */
  readonly keys: KeyWrapper;
  readonly settings: IdentitySettings;
  put(profile: Profile): Promise<ProfileOutcome | "overloaded">;
  /** Some hundreds at a time, no two of one partner's person. */
  putMany(profiles: readonly Profile[]): Promise<ProfileOutcome[]>;
  get(partner: PartnerId, externalId: string): Promise<(ProfileView & { member: MemberId }) | undefined>;
  readonly lookup: Lookup;
  member(member: MemberId, asker: Asker): Promise<MemberView | undefined>;
  explain(member: MemberId): Promise<{ member: MemberId; steps: MemberStep[] } | undefined>;
  household(
    member: MemberId,
  ): Promise<{ member: MemberId; with: { member: MemberId; shares: string[] }[] } | undefined>;
  attributes(member: MemberId): Promise<{ member: MemberId; attributes: MemberAttribute[] } | undefined>;
  reviews(after: { openedAt: number; member: MemberId; other: MemberId }, limit: number): Promise<Pair[]>;
  decide(
    one: MemberId,
    other: MemberId,
    decision: "merge" | "keep-apart",
    decided: Decided,
  ): Promise<Result<{ state: "merged" | "apart" }, PeopleFailure>>;
  merge(
    one: MemberId,
    other: MemberId,
    decided: Decided,
  ): Promise<Result<{ survivor: MemberId; merged: MemberId }, PeopleFailure>>;
  unmerge(merged: MemberId, decided: Decided): Promise<Result<{ survivor: MemberId; merged: MemberId }, PeopleFailure>>;
  erase(member: MemberId): Promise<Result<{ member: MemberId }, PeopleFailure>>;
  /** Resolves when every profile taken so far is written. */
  drain(): Promise<void>;
};

export function createProfiles(options: ProfilesOptions): Profiles {
  const { pool, clock, programmes, settings = DEFAULT_IDENTITY } = options;
  const deps: ProfileDeps = {
    pool,
    clock,
    programmes,
    identifierKey: createIdentifierKeys(options.identifierSecret),
    memberIds: createMemberIds(pool),
    keys: createKeyWrapper(options.masterKey, options.random),
    guards: () => settings.guards,
    strategies: () => settings.strategies,
    attributeRules: () => settings.attributeRules,
  };
  const queue = createProfileQueue(deps);
  return {
    keys: deps.keys,
    settings,
    put: queue.put,
    drain: queue.drain,
    putMany: (profiles) => putProfiles(deps, profiles),
    get: (partner, externalId) => getProfile(deps, partner, externalId),
    lookup: createLookup(deps),
    member: (member, asker) => readMember(deps, member, asker),
    explain: (member) => explainMember(deps, member),
    household: (member) => readHousehold(deps, member),
    attributes: (member) => readAttributes(deps, member),
    reviews: (after, limit) => listOpenPairs(pool, after, limit),
    decide: (one, other, decision, decided) => decideReview(deps, one, other, decision, decided),
    merge: (one, other, decided) => mergeByHand(deps, one, other, decided),
    unmerge: (merged, decided) => unmergeByHand(deps, merged, decided),
    erase: (member) => eraseMember(deps, member),
  };
}

async function getProfile(deps: ProfileDeps, partner: PartnerId, externalId: string) {
  const key = deps.identifierKey("external", `${partner}:${externalId}`);
  const client = await deps.pool.connect();
  try {
    const home = (await findMembers(client, [key])).get(key.text);
    if (home === undefined) return undefined;
    const [profile] = await lockProfiles(client, [{ member: home, partner, externalHash: key.valueHash }]);
    if (!profile) return undefined;
    const [personal] = await openProfiles(deps, [profile]);
    const member = (await survivorsOf(client, [home])).get(home) ?? home;
    const { decision, why, toldAt } = profile;
    return { member, partner, personal, decision, why, toldAt };
  } finally {
    client.release();
  }
}
