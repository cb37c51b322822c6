import {
  type Claim,
  claimsOf,
  type Decision,
  type NewVerified,
  type Profile,
  type ProfileRef,
  resolve,
  type StoredProfile,
  type Why,
} from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type BatchState, evidenceOf, hexOf, type Told } from "./batch-state.ts";
import type { ProfileDeps } from "./deps.ts";

export type ProfileOutcome = {
  /** The member that answers for the person after the whole batch. */
  readonly member: MemberId;
  readonly decision: Decision;
  readonly why: readonly Why[];
  readonly isNewProfile: boolean;
  /** Told before with the same content. */
  readonly isKnown: boolean;
};

/** A profile to write, not sealed yet. */
export type Draft = Omit<StoredProfile, "sealed"> & { readonly profile: Profile };

/** Everything a batch writes. */
export type Writes = {
  readonly members: { member: MemberId; createdAt: EpochMs }[];
  readonly identifiers: NewVerified[];
  readonly moves: NewVerified[];
  readonly profiles: Draft[];
  readonly changed: ProfileRef[];
  readonly claims: Claim[];
  readonly merges: { survivor: MemberId; merged: MemberId; partner: string; why: readonly Why[] }[];
  readonly reviews: { one: MemberId; other: MemberId; reason: string; partner: string }[];
};

/** Decides one profile after the other, each on what those before it left. Changes the state and nothing else. */
export function decideBatch(
  deps: ProfileDeps,
  state: BatchState,
  batch: readonly Told[],
): { outcomes: ProfileOutcome[]; writes: Writes } {
  const writes: Writes = {
    members: [],
    identifiers: [],
    moves: [],
    profiles: [],
    changed: [],
    claims: [],
    merges: [],
    reviews: [],
  };
  const outcomes = batch.map((told) => decideOne(deps, state, told, writes));
  // Who answers for a member may have changed by a later profile of the same batch.
  const root = (member: MemberId) => state.known(batch[0] as Told).root(member);
  return { outcomes: outcomes.map((outcome) => ({ ...outcome, member: root(outcome.member) })), writes };
}

function decideOne(deps: ProfileDeps, state: BatchState, told: Told, writes: Writes): ProfileOutcome {
  const { profile, external } = told;
  const stored = state.profiles.get(external.text);
  const known = { isNewProfile: false, isKnown: true, member: stored?.member ?? 0 };
  if (stored?.bodyHash.equals(told.bodyHash)) return { ...known, decision: stored.decision, why: stored.why };
  if (stored && profile.at < stored.toldAt) {
    return { ...known, isKnown: false, decision: "attached", why: [{ code: "older-than-known" }] };
  }
  const now = deps.clock.now();
  const evidence = evidenceOf(told, state.owners);
  // The external id alone may be known: of a member moved in, or of a profile that was erased.
  const existing = state.owners.get(external.text);
  const resolution = resolve(existing, evidence, state.known(told), deps.guards());
  const home = resolution.home ?? newMember(deps, state, writes, now);
  for (const { survivor, merged } of resolution.merges) {
    state.merge(survivor, merged);
    writes.merges.push({ survivor, merged, partner: profile.partner, why: resolution.why });
  }
  const source = { member: home, source: profile.partner, at: profile.at };
  for (const { key } of told.identifiers) {
    if (resolution.moves.includes(key.text)) {
      state.owners.set(key.text, home);
      writes.moves.push({ ...source, key });
    }
    if (!resolution.gains.includes(key.text) || state.owners.has(key.text)) continue;
    state.addIdentifier(home, key);
    writes.identifiers.push({ ...source, key });
  }
  if (existing === undefined) {
    state.addIdentifier(home, external);
    writes.identifiers.push({ ...source, key: external });
  }
  state.addBirth(home, told.birthHash);
  for (const review of resolution.reviews) writes.reviews.push({ ...review, partner: profile.partner });
  writeProfile(deps, told, stored, home, resolution, writes, now);
  const { decision, why } = resolution;
  return { member: home, decision, why, isNewProfile: stored === undefined, isKnown: false };
}

function newMember(deps: ProfileDeps, state: BatchState, writes: Writes, now: EpochMs): MemberId {
  const member = deps.memberIds.take();
  state.addMember(member);
  writes.members.push({ member, createdAt: now });
  return member;
}

function writeProfile(
  deps: ProfileDeps,
  told: Told,
  stored: StoredProfile | undefined,
  home: MemberId,
  resolution: { readonly decision: Decision; readonly why: readonly Why[]; readonly gains: readonly string[] },
  writes: Writes,
  now: EpochMs,
): void {
  const { profile, external } = told;
  const ref = { member: home, partner: profile.partner, externalHash: external.valueHash };
  const isProven = ({ verified, isBlocked }: Told["identifiers"][number]) => verified && !isBlocked;
  const unproven = told.identifiers.filter((identifier) => !isProven(identifier));
  for (const { kind, value } of claimsOf(profile, unproven)) {
    writes.claims.push({ ...ref, key: deps.identifierKey(kind, value) });
  }
  if (stored) writes.changed.push(ref);
  writes.profiles.push({
    ...ref,
    profile,
    bodyHash: told.bodyHash,
    consents: profile.consents ?? {},
    identifiers: told.identifiers.map(({ kind, key, verified }) => [kind, hexOf(key), verified] as const),
    decision: resolution.decision,
    why: resolution.why,
    toldAt: profile.at,
    firstAt: stored?.firstAt ?? now,
    changedAt: now,
  });
}
