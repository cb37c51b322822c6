import { endAgreements, insertAgreement, standingAgreements } from "#domains/identity/index.ts";
import { lockWallets } from "#domains/ledger/index.ts";
import { racingTransaction } from "#flows/merge/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type HouseholdDeps, type Person, peopleOf } from "./deps.ts";

/** People that one member may let take its points: a family, not a market. */
export const MOST_TAKERS = 5;

export type AgreementFailure =
  | { readonly code: "unknown-member" }
  | { readonly code: "same-member" }
  | { readonly code: "household-not-allowed" }
  | { readonly code: "household-full"; readonly most: number };

/** Who may take points of a member, and whose points it may take; members that answer now. */
export type SharedPoints = {
  readonly member: MemberId;
  readonly takers: readonly { readonly member: MemberId; readonly since: EpochMs }[];
  readonly givers: readonly { readonly member: MemberId; readonly since: EpochMs }[];
};

/** Records that a member lets another take its points. Told again it changes nothing. */
export async function agree(
  deps: HouseholdDeps,
  giver: MemberId,
  taker: MemberId,
  by: string,
): Promise<Result<SharedPoints, AgreementFailure>> {
  if (deps.programmes.current().policies.householdCents === 0) return err({ code: "household-not-allowed" });
  return racingTransaction(deps.pool, async (client) => {
    const people = await peopleOf(client, [giver, taker]);
    if (!people) return err({ code: "unknown-member" });
    const [one, other] = people as [Person, Person];
    if (one.root === other.root) return err({ code: "same-member" });
    // One agreement of a member at a time, so that the limit holds.
    await lockWallets(client, [one.root]);
    const shared = await sharedOf(client, one);
    if (shared.takers.some(({ member }) => member === other.root)) return ok(shared);
    if (shared.takers.length >= MOST_TAKERS) return err({ code: "household-full", most: MOST_TAKERS });
    await insertAgreement(client, { giver: one.root, taker: other.root, since: deps.clock.now(), by });
    return ok(await sharedOf(client, one));
  });
}

/** Ends one agreement, from either side, or, without another member, all of a member's: it leaves the household. */
export async function endAgreement(
  deps: HouseholdDeps,
  member: MemberId,
  other: MemberId | undefined,
  by: string,
): Promise<Result<SharedPoints, AgreementFailure>> {
  return racingTransaction(deps.pool, async (client) => {
    const people = await peopleOf(client, other === undefined ? [member] : [member, other]);
    if (!people) return err({ code: "unknown-member" });
    const [one, two] = people as [Person, Person | undefined];
    const ended = { at: deps.clock.now(), by };
    await endAgreements(client, one.tree, two ? two.tree : "all", ended);
    return ok(await sharedOf(client, one));
  });
}

export async function readShared(deps: HouseholdDeps, member: MemberId): Promise<SharedPoints | undefined> {
  const people = await peopleOf(deps.pool, [member]);
  return people?.[0] && sharedOf(deps.pool, people[0]);
}

/** Agreements are kept with the members that made them; shown by who answers for them. */
export async function sharedOf(client: Parameters<typeof peopleOf>[0], person: Person): Promise<SharedPoints> {
  const own = new Set(person.tree);
  const takers = new Map<MemberId, EpochMs>();
  const givers = new Map<MemberId, EpochMs>();
  for (const { giver, taker, since } of await standingAgreements(client, person.tree)) {
    const isGiving = own.has(giver);
    const root = (await peopleOf(client, [isGiving ? taker : giver]))?.[0]?.root;
    if (root === undefined || root === person.root) continue;
    const side = isGiving ? takers : givers;
    if (!side.has(root)) side.set(root, since);
  }
  const list = (side: Map<MemberId, EpochMs>) => [...side].map(([member, since]) => ({ member, since }));
  return { member: person.root, takers: list(takers), givers: list(givers) };
}
