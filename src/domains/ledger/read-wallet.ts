import type { Pool } from "pg";
import { lotIds, type MemberId, memberIds } from "#kernel/ids.ts";
import { type Calendar, type EpochMs, formatDay, formatInstant } from "#kernel/time.ts";
import { bookDue, walletAfter } from "./core/book-due.ts";
import { type Draft, openDraft } from "./core/draft.ts";
import { isUndecided } from "./core/release.ts";
import { type Lot, NEVER, type Wallet } from "./core/wallet.ts";
import { readFirstOpenDay } from "./store/fence.ts";
import { loadSurvivors } from "./store/follow-merges.ts";
import { listLots } from "./store/list-lots.ts";

export type ReadDeps = {
  readonly pool: Pool;
  readonly now: () => EpochMs;
  readonly calendar: () => Calendar;
  readonly operator: () => string;
};

/** A wallet as it is at this moment, whatever has been booked: points expired a minute ago are not in it. */
export type WalletNow = {
  readonly member: string;
  readonly activeCents: number;
  readonly pendingCents: number;
  readonly heldCents: number;
  readonly arrearsCents: number;
  readonly arrears: readonly { readonly funder: string; readonly cents: number }[];
  /** The next points to expire, if any do. */
  readonly nextExpiry?: { readonly at: string; readonly lastDay: string; readonly cents: number };
  /** The next points to become active, if any do. */
  readonly nextActivation?: { readonly at: string; readonly cents: number };
  readonly lastOperation: number;
  readonly asOf: string;
};

export async function readWallet(deps: ReadDeps, member: MemberId): Promise<WalletNow | undefined> {
  const draft = await draftNow(deps, member);
  if (!draft) return undefined;
  const expiry = soonest(draft.lots, (lot) => lot.expiresAt);
  const pending = draft.lots.filter((lot) => !lot.isActive && !isUndecided(lot));
  const activation = soonest(pending, (lot) => lot.availableAt);
  return {
    member: memberIds.format(draft.before.member),
    ...walletAfter(draft),
    arrears: draft.debts.map(({ funder, cents }) => ({ funder, cents })),
    ...(expiry
      ? {
          nextExpiry: {
            at: formatInstant(expiry.at),
            lastDay: formatDay(deps.calendar().dayOf(expiry.at - 1)),
            cents: expiry.cents,
          },
        }
      : {}),
    ...(activation ? { nextActivation: { at: formatInstant(activation.at), cents: activation.cents } } : {}),
    lastOperation: draft.before.seq,
    asOf: formatInstant(draft.context.now),
  };
}

function soonest(lots: readonly Lot[], timeOf: (lot: Lot) => EpochMs): { at: EpochMs; cents: number } | undefined {
  let at = NEVER;
  let cents = 0;
  for (const lot of lots) {
    const remaining = lot.remaining.reduce((total, value) => total + value, 0);
    const time = timeOf(lot);
    if (remaining === 0 || time > at || time === NEVER) continue;
    cents = time === at ? cents + remaining : remaining;
    at = time;
  }
  return cents === 0 ? undefined : { at, cents };
}

/** One funder's part of a lot, the shape of the API. */
export type LotNow = {
  readonly id: string;
  readonly funder: string;
  readonly state: "pending" | "active" | "closed";
  readonly earnedAt: string;
  /** Absent while the points wait for a decision. */
  readonly availableAt?: string;
  readonly isUnderReview?: true;
  /** Exclusive; `lastDay` is the last day on which the points can be spent, in the programme's time zone. */
  readonly expiresAt?: string;
  readonly lastDay?: string;
  readonly amount: number;
  readonly remaining: number;
  readonly held: number;
  readonly spent: number;
  readonly expired: number;
  readonly takenBack: number;
};

export type LotFilter = {
  readonly isOpen?: boolean;
  /** Exclusive: the last [seq, part] of the page before. */
  readonly after?: readonly [seq: number, part: number];
  readonly limit: number;
};

/** Lots by operation, oldest first, as they are at this moment. A page holds whole lots, so a little more than `limit` rows. */
export async function readLots(
  deps: ReadDeps,
  member: MemberId,
  filter: LotFilter,
): Promise<{ lots: LotNow[]; next?: readonly [seq: number, part: number] } | undefined> {
  const draft = await draftNow(deps, member);
  if (!draft) return undefined;
  const current = new Map(draft.lots.map((lot) => [lot.seq * 64 + lot.part, lot]));
  const survivor = draft.before.member;
  const page = await listLots(deps.pool, survivor, filter);
  const lots = page
    .map((lot) => current.get(lot.seq * 64 + lot.part) ?? lot)
    .filter((lot) => filter.isOpen === undefined || filter.isOpen === isOpenNow(lot))
    .flatMap((lot) => lot.funders.map((_, index) => lotNow(deps, survivor, lot, index)));
  const last = page[page.length - 1];
  return { lots, ...(last && page.length === filter.limit ? { next: [last.seq, last.part] as const } : {}) };
}

function isOpenNow(lot: Lot): boolean {
  return lot.remaining.some((cents) => cents > 0) || lot.held.some((cents) => cents > 0);
}

function lotNow(deps: ReadDeps, member: MemberId, lot: Lot, index: number): LotNow {
  const at = (values: readonly number[]): number => values[index] as number;
  const isOpen = at(lot.remaining) + at(lot.held) > 0;
  return {
    id: lotIds.format({ member, seq: lot.seq, part: lot.part, index }),
    funder: lot.funders[index] as string,
    state: isOpen ? (lot.isActive ? "active" : "pending") : "closed",
    earnedAt: formatInstant(lot.earnedAt),
    ...(isUndecided(lot) ? { isUnderReview: true as const } : { availableAt: formatInstant(lot.availableAt) }),
    ...(lot.expiresAt === NEVER
      ? {}
      : { expiresAt: formatInstant(lot.expiresAt), lastDay: formatDay(deps.calendar().dayOf(lot.expiresAt - 1)) }),
    amount: at(lot.amount),
    remaining: at(lot.remaining),
    held: at(lot.held),
    spent: at(lot.spent),
    expired: at(lot.expired),
    takenBack: at(lot.takenBack),
  };
}

/** The wallet with what is due booked in memory only. */
async function draftNow(deps: ReadDeps, member: MemberId): Promise<Draft | undefined> {
  const wallet = await loadOne(deps.pool, member);
  if (!wallet) return undefined;
  const draft = openDraft(wallet, {
    now: deps.now(),
    calendar: deps.calendar(),
    firstOpenDay: await readFirstOpenDay(deps.pool),
    programmeVersion: 0,
    operator: deps.operator(),
  });
  bookDue(draft);
  return draft;
}

async function loadOne(pool: Pool, member: MemberId): Promise<Wallet | undefined> {
  return (await loadSurvivors(pool, [member])).get(member)?.wallet;
}
