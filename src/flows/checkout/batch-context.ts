import type { PoolClient } from "pg";
import type { MemberIds } from "#domains/identity/index.ts";
import type { Wallet } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Calendar } from "#kernel/time.ts";
import type { BoundedMap } from "./bounded-map.ts";
import type { Task } from "./task.ts";

/** What a checkout process remembers between batches. All of it may be stale: posting proves that it was not. */
export type BatchMemory = {
  readonly wallets: BoundedMap<MemberId, Wallet>;
  readonly members: BoundedMap<string, MemberId>;
  readonly recentKeys: BoundedMap<string, ClaimedKeyMemory>;
  firstOpenDay: number | undefined;
};

/** A key this process has claimed: retries come soon, and mostly to the same process. */
export type ClaimedKeyMemory = { readonly bodyHash: Buffer; readonly member: MemberId; readonly seq: number };

export type BatchContext = {
  readonly memory: BatchMemory;
  readonly memberIds: MemberIds;
  readonly calendar: () => Calendar;
  readonly programmeVersion: () => number;
  readonly operator: () => string;
  /** A connection for one batch; a broken one is not given back. */
  readonly withClient: <T>(run: (client: PoolClient) => Promise<T>) => Promise<T>;
};

/** Drops what a race has shown to be stale. */
export function forget(memory: BatchMemory, tasks: readonly Task[]): void {
  for (const { subject } of tasks) {
    if (subject.by === "member") memory.wallets.delete(subject.member);
    if (subject.by !== "identifier") continue;
    const member = memory.members.get(subject.key.text);
    if (member !== undefined) memory.wallets.delete(member);
    memory.members.delete(subject.key.text);
  }
}
