import type { FinishedMission, Happening, MemberView } from "#domains/missions/index.ts";
import type { Receipt } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

/** A member that was looked at: what it is, and what it did in the days looked back on. */
export type PastMember = MemberView & {
  readonly firstPurchaseAt: ReadonlyMap<PartnerId, EpochMs>;
  /** Events and receipts. */
  readonly happenings: readonly Happening[];
  /** In order of time. Empty for members of whom only events are read. */
  readonly receipts: readonly Receipt[];
  readonly hasDone: (mission: string) => boolean;
};

/** What a forecast is made of. */
export type Past = {
  readonly fromAt: EpochMs;
  readonly now: EpochMs;
  /** All there are. */
  readonly members: number;
  /** Any of them: who would do it. */
  readonly deeds: readonly PastMember[];
  /** Any of them, with receipts: what it then costs. */
  readonly buyers: readonly PastMember[];
  readonly finished: readonly Finished[];
  /** Of missions that come before: the share of their audience that their forecasts expect to do them. */
  readonly expectedBpOf: (mission: string) => number;
};

/** A mission that is over; `spent` is what its doers earned over what had been replayed, where there were enough of them. */
export type Finished = FinishedMission & { readonly spent?: number };
