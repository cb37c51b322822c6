import type { Pool, PoolClient } from "pg";
import type { Guards } from "#domains/guards/index.ts";
import type { MemberIds } from "#domains/identity/index.ts";
import type { Wallet } from "#domains/ledger/index.ts";
import type { LaneBudgets } from "#domains/limits/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Calendar } from "#kernel/time.ts";
import type { BoundedMap } from "./bounded-map.ts";
import type { Task } from "./task.ts";

/** What a checkout process remembers between batches. All of it may be stale: posting proves that it was not. */
export type BatchMemory = {
  readonly wallets: BoundedMap<MemberId, Wallet>;
  readonly members: BoundedMap<string, MemberId>;
  /** Of members that were merged: who answers for them, and what is added to their numbers. */
  readonly redirects: BoundedMap<MemberId, Redirect>;
  readonly recentKeys: BoundedMap<string, ClaimedKeyMemory>;
  firstOpenDay: number | undefined;
};

/** Holds as long as the survivor's remembered wallet descends from the reading that it was found in. */
export type Redirect = { readonly into: MemberId; readonly shift: number; readonly reading: number | undefined };

/** A key this process has claimed: retries come soon, and mostly to the same process. */
export type ClaimedKeyMemory = { readonly bodyHash: Buffer; readonly member: MemberId; readonly seq: number };

export type BatchContext = {
  readonly memory: BatchMemory;
  /** The lane's leases of budgets. */
  readonly budgets: LaneBudgets;
  readonly guards: Guards | undefined;
  readonly memberIds: MemberIds;
  readonly calendar: () => Calendar;
  readonly programmeVersion: () => number;
  readonly operator: () => string;
  /** For what need not hold a lane up. */
  readonly pool: Pool;
  /** A lane's connection; a broken one is not given back. */
  readonly withClient: <T>(run: (client: PoolClient) => Promise<T>) => Promise<T>;
};

/** Drops what a race has shown to be stale. */
export function forget(memory: BatchMemory, tasks: readonly Task[]): void {
  for (const { subject } of tasks) {
    if (subject.by === "member") forgetMember(memory, subject.member);
    if (subject.by !== "identifier") continue;
    const member = memory.members.get(subject.key.text);
    if (member !== undefined) forgetMember(memory, member);
    memory.members.delete(subject.key.text);
  }
}

function forgetMember(memory: BatchMemory, member: MemberId): void {
  memory.wallets.delete(member);
  const redirect = memory.redirects.get(member);
  if (redirect) memory.wallets.delete(redirect.into);
  memory.redirects.delete(member);
}
