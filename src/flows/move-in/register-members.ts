import type { Pool } from "pg";
import {
  createMemberIds,
  findMembers,
  type IdentifierKey,
  insertIdentifiers,
  type MemberIds,
} from "#domains/identity/index.ts";
import { insertWallets, putTraits, type Trait } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";

export type Registration = {
  /** At least one: how tills and partners know the member. */
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
  readonly traits: readonly Trait[];
  readonly joinedAt: EpochMs;
};

export type Registered =
  | { readonly outcome: "created" | "known"; readonly member: MemberId }
  /** Its identifiers belong to different members: resolving that is the golden record's work. */
  | { readonly outcome: "conflict"; readonly members: readonly MemberId[] };

export type RegisterDeps = {
  readonly pool: Pool;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
  readonly memberIds: MemberIds;
};

export function createRegisterDeps(pool: Pool, identifierKey: RegisterDeps["identifierKey"]): RegisterDeps {
  return { pool, identifierKey, memberIds: createMemberIds(pool) };
}

/**
 * Registers members in bulk: a transaction per call, so some hundreds at a time. Repeatable: who is known by one of the
 * identifiers stays who he is, and gets the identifiers that are new; two new ones that share an identifier are one.
 * Traits are written for members made here; those of known members change by operations, not by an import.
 */
export async function registerMembers(
  deps: RegisterDeps,
  registrations: readonly Registration[],
): Promise<Registered[]> {
  const keys = registrations.map(({ identifiers }) =>
    identifiers.map(({ kind, value }) => deps.identifierKey(kind, value)),
  );
  await deps.memberIds.ensure(registrations.length);
  return transaction(deps.pool, async (client) => {
    const owners = await findMembers(client, keys.flat());
    const plan = assign(deps, registrations, keys, owners);
    await insertWallets(client, plan.wallets);
    await insertIdentifiers(client, plan.identifiers);
    await putTraits(client, plan.traits);
    return plan.results;
  });
}

function assign(
  deps: RegisterDeps,
  registrations: readonly Registration[],
  keys: readonly (readonly IdentifierKey[])[],
  owners: Map<string, MemberId>,
) {
  const results: Registered[] = [];
  const wallets: { member: MemberId; createdAt: EpochMs }[] = [];
  const identifiers: { key: IdentifierKey; member: MemberId; createdAt: EpochMs }[] = [];
  const traits: (Trait & { member: MemberId })[] = [];
  for (const [index, registration] of registrations.entries()) {
    const own = keys[index] ?? [];
    const known = new Set(own.flatMap((key) => owners.get(key.text) ?? []));
    if (known.size > 1) {
      results.push({ outcome: "conflict", members: [...known] });
      continue;
    }
    const [found] = known;
    const member = found ?? deps.memberIds.take();
    if (found === undefined) {
      wallets.push({ member, createdAt: registration.joinedAt });
      for (const trait of registration.traits) traits.push({ ...trait, member });
    }
    for (const key of own) {
      if (owners.has(key.text)) continue;
      owners.set(key.text, member);
      identifiers.push({ key, member, createdAt: registration.joinedAt });
    }
    results.push({ outcome: found === undefined ? "created" : "known", member });
  }
  return { results, wallets, identifiers, traits };
}
