import type { PoolClient } from "pg";
import {
  findMemberKeys,
  insertMemberKeys,
  type Profile,
  type StoredProfile,
  seal,
  unseal,
} from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Draft } from "./decide-batch.ts";
import type { ProfileDeps } from "./deps.ts";

/** What is personal in a profile: read with the member's key only. */
export type Personal = Pick<
  Profile,
  "externalId" | "identifiers" | "name" | "birthDate" | "gender" | "address" | "attributes"
>;

function about(profile: { readonly member: MemberId; readonly partner: string }): string {
  return `profile of ${profile.member} at ${profile.partner}`;
}

/** Seals each profile under its member's key; keys are made for members that have none. */
export async function sealProfiles(
  deps: ProfileDeps,
  client: PoolClient,
  drafts: readonly Draft[],
): Promise<StoredProfile[]> {
  const members = [...new Set(drafts.map(({ member }) => member))];
  const wrapped = await findMemberKeys(client, members);
  const keys = new Map([...wrapped].map(([member, key]) => [member, deps.keys.unwrap(member, key)]));
  const made: { member: MemberId; wrapped: Uint8Array }[] = [];
  for (const member of members) {
    if (keys.has(member)) continue;
    const created = deps.keys.create(member);
    keys.set(member, created.key);
    made.push({ member, wrapped: created.wrapped });
  }
  await insertMemberKeys(client, made, deps.clock.now());
  return drafts.map(({ profile, ...draft }) => {
    const { partner: _, consents: __, at: ___, ...personal } = profile;
    const text = Buffer.from(JSON.stringify(personal satisfies Personal));
    return { ...draft, sealed: seal(keys.get(draft.member) as Uint8Array, about(draft), text, deps.keys.nonce()) };
  });
}

/** Personal data of stored profiles, in their order; undefined where the key was destroyed. */
export async function openProfiles(
  deps: Pick<ProfileDeps, "pool" | "keys">,
  profiles: readonly StoredProfile[],
): Promise<(Personal | undefined)[]> {
  const wrapped = await findMemberKeys(deps.pool, [...new Set(profiles.map(({ member }) => member))]);
  return profiles.map((profile) => {
    const key = wrapped.get(profile.member);
    if (!key) return undefined;
    const text = unseal(deps.keys.unwrap(profile.member, key), about(profile), profile.sealed);
    return JSON.parse(text.toString("utf8")) as Personal;
  });
}
