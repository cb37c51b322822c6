import {
  type Decision,
  type Golden,
  type GoldenField,
  goldenRecord,
  loadTrees,
  mergeHistory,
  profilesOf,
  type StoredProfile,
  sharingMembers,
  type Told,
  type Why,
} from "#domains/identity/index.ts";
import { loadSurvivors } from "#domains/ledger/index.ts";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { ProfileDeps } from "./deps.ts";
import { openProfiles, type Personal } from "./sealed-profile.ts";

/** Who asks: a partner sees its own profiles and those that consent to it; an analyst sees no values. */
export type Asker = { readonly partner?: PartnerId | undefined; readonly role: string };

/** What one profile of a member says, as far as the asker may see it. */
export type ProfileView = {
  readonly partner: PartnerId;
  readonly personal: Personal | undefined;
  readonly decision: Decision;
  readonly why: readonly Why[];
  readonly toldAt: EpochMs;
};

export type MemberView = {
  readonly member: MemberId;
  readonly createdAt: EpochMs;
  readonly golden: Partial<Record<GoldenField, Golden>>;
  readonly profiles: readonly ProfileView[];
  /** Profiles there are that the asker may not see. */
  readonly hiddenProfiles: number;
};

/** The golden record, computed from the profiles that the asker may see; undefined where it may not know of the member. */
export async function readMember(deps: ProfileDeps, named: MemberId, asker: Asker): Promise<MemberView | undefined> {
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const tree = (await loadTrees(deps.pool, [wallet.member])).get(wallet.member) ?? [];
  const profiles = await profilesOf(deps.pool, tree);
  const visible = profiles.filter((profile) => maySee(asker, profile));
  const isBlind = asker.role === "analyst";
  const personal = isBlind ? visible.map(() => undefined) : await openProfiles(deps, visible);
  const views = visible.map((profile, index) => viewOf(profile, personal[index]));
  return {
    member: wallet.member,
    createdAt: wallet.createdAt,
    golden: goldenRecord(toldBy(views), deps.strategies()),
    profiles: views,
    hiddenProfiles: profiles.length - visible.length,
  };
}

export function maySee(asker: Asker, profile: Pick<StoredProfile, "partner" | "consents">): boolean {
  if (asker.partner === undefined || asker.partner === profile.partner) return true;
  const { share } = profile.consents;
  return share === "all" || share?.includes(asker.partner) === true;
}

function viewOf(profile: StoredProfile, personal: Personal | undefined): ProfileView {
  const { partner, decision, why, toldAt } = profile;
  return { partner, personal, decision, why, toldAt };
}

/** What profiles say, field by field. */
export function toldBy(
  views: readonly Pick<ProfileView, "partner" | "personal" | "toldAt">[],
): Partial<Record<GoldenField, Told[]>> {
  const told: Partial<Record<GoldenField, Told[]>> = {};
  const add = (
    field: GoldenField,
    value: string | undefined,
    view: (typeof views)[number],
    verified?: boolean,
  ): void => {
    if (value === undefined || value === "") return;
    const list = told[field] ?? [];
    list.push({ value, partner: view.partner, at: view.toldAt, ...(verified === undefined ? {} : { verified }) });
    told[field] = list;
  };
  for (const view of views) {
    const { personal } = view;
    if (!personal) continue;
    add("name", personal.name, view);
    add("birthDate", personal.birthDate, view);
    add("gender", personal.gender, view);
    add("address", personal.address, view);
    for (const { kind, value, verified } of personal.identifiers) {
      if (kind === "phone" || kind === "email") add(kind, value, view, verified);
    }
  }
  return told;
}

export type MemberStep = {
  readonly at: EpochMs;
  readonly what: "profile" | "merge" | "unmerge";
  readonly partner?: PartnerId;
  readonly decision?: Decision;
  readonly member?: MemberId;
  readonly into?: MemberId;
  readonly by?: string;
  readonly why: unknown;
};

/** How a member came together, step by step: its profiles and why each is its, merges and what undid them. */
export async function explainMember(
  deps: ProfileDeps,
  named: MemberId,
): Promise<{ member: MemberId; steps: MemberStep[] } | undefined> {
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const { member } = wallet;
  const tree = (await loadTrees(deps.pool, [member])).get(member) ?? [];
  const steps: MemberStep[] = [];
  for (const { partner, decision, why, changedAt, member: home } of await profilesOf(deps.pool, tree)) {
    steps.push({ at: changedAt, what: "profile", partner, decision, member: home, why });
  }
  for (const merge of await mergeHistory(deps.pool, tree)) {
    const { at, survivor, decidedBy, why, undoneAt, undoneBy, undoneWhy } = merge;
    steps.push({ at, what: "merge", member: merge.member, into: survivor, by: decidedBy, why });
    if (undoneAt === undefined) continue;
    const by = undoneBy === undefined ? {} : { by: undoneBy };
    steps.push({ at: undoneAt, what: "unmerge", member: merge.member, into: survivor, ...by, why: undoneWhy ?? "" });
  }
  return { member, steps: steps.sort((a, b) => a.at - b.at) };
}

/** More holders of one address or phone than a family has are an office or a dormitory. */
const MOST_OF_A_HOUSEHOLD = 8;

/** Who shares an address, a surname at an address, or an unproven phone: a relation, never a merge. */
export async function readHousehold(
  deps: ProfileDeps,
  named: MemberId,
): Promise<{ member: MemberId; with: { member: MemberId; shares: string[] }[] } | undefined> {
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  if (wallet?.status !== "open") return undefined;
  const tree = (await loadTrees(deps.pool, [wallet.member])).get(wallet.member) ?? [];
  const sharing = await sharingMembers(deps.pool, tree, MOST_OF_A_HOUSEHOLD);
  const roots = await loadSurvivors(
    deps.pool,
    sharing.map(({ member }) => member),
  );
  const shares = new Map<MemberId, Set<string>>();
  for (const { member, kinds } of sharing) {
    const root = roots.get(member)?.wallet;
    if (root?.status !== "open" || root.member === wallet.member) continue;
    shares.set(root.member, new Set([...(shares.get(root.member) ?? []), ...kinds]));
  }
  return { member: wallet.member, with: [...shares].map(([member, kinds]) => ({ member, shares: [...kinds].sort() })) };
}
