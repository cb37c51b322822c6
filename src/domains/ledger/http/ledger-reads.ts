import { type MemberId, operationIds } from "#kernel/ids.ts";
import { type EpochMs, formatDay, formatInstant } from "#kernel/time.ts";
import {
  type HistoryStream,
  type LotNow,
  listOperations,
  type ReadDeps,
  readLots,
  readWallet,
  type StoredOperation,
  survivorsOf,
  type WalletNow,
} from "../index.ts";

export type OperationQuery = {
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: OperationPlace;
  readonly fromAt?: EpochMs;
  readonly untilAt?: EpochMs;
  readonly kind?: string;
};

export type LotQuery = {
  readonly limit: number;
  readonly isOpen?: boolean;
  /** After this operation and part: where the page before ended. */
  readonly after?: readonly [seq: number, part: number];
};

/** By member, in every stream that is shown: operations before this number are still to come. */
export type OperationPlace = ReadonlyMap<MemberId, number>;

/** What the routes ask of the ledger. Undefined for a member that has no wallet. */
export type LedgerReads = {
  wallet(member: MemberId): Promise<WalletNow | undefined>;
  operations(member: MemberId, query: OperationQuery): Promise<OperationPage>;
  lots(member: MemberId, query: LotQuery): Promise<LotPage | undefined>;
};

export type OperationPage = { readonly items: readonly OperationView[]; readonly next?: OperationPlace };
export type LotPage = { readonly items: readonly LotNow[]; readonly nextAfter?: readonly [seq: number, part: number] };

/** One line of a member's history. Points are hundredths, none below zero. */
export type OperationView = {
  readonly operation: string;
  readonly kind: string;
  readonly partner: string;
  readonly at: string;
  readonly postedAt: string;
  readonly accountingDay: string;
  readonly receiptId?: string;
  /** The operation that this one returns, captures or voids. */
  readonly cites?: string;
  readonly earned: number;
  readonly spent: number;
  readonly expired: number;
  readonly held: number;
  readonly takenBack: number;
  readonly givenBack: number;
  /** New debt of the member, and old debt that was paid. */
  readonly arrears: number;
  readonly recovered: number;
  readonly movements: readonly MovementView[];
};

export type MovementView = {
  readonly from: string;
  readonly to: string;
  readonly funder: string;
  readonly redeemer?: string;
  readonly cents: number;
};

export type LedgerReadDeps = ReadDeps & {
  /** The streams that a member's history is in, its own first. */
  readonly historyOf?: (member: MemberId) => Promise<readonly HistoryStream[]>;
};

/** Told once, by the one that answers. */
const BOTH_STREAMS = ["merge", "unmerge"] as const;

/**
 * A page over the streams of a member's history, newest first by the time of booking. Each stream is read by its own
 * numbers, so a page costs a short range of each, and what is booked meanwhile moves nothing.
 */
async function pageOf(
  deps: LedgerReadDeps,
  history: readonly HistoryStream[],
  { limit, after, ...filter }: OperationQuery,
): Promise<OperationPage> {
  const streams = await Promise.all(
    history.map(({ member, ...of }, index) => {
      const beforeSeq = after?.get(member);
      const from = beforeSeq === undefined ? {} : { beforeSeq };
      const without = index === 0 ? {} : { without: BOTH_STREAMS };
      return listOperations(deps.pool, member, { ...filter, ...of, ...from, ...without, limit: limit + 1 });
    }),
  );
  const { shown, isAll } = newest(streams, limit);
  const items = shown.map(toOperationView);
  if (isAll) return { items };
  const next = new Map(after ?? []);
  for (const { member, seq } of shown) next.set(member, seq);
  return { items, next };
}

/** The newest heads of the streams, one after the other: a stream is never shown out of its own order, whatever clocks say. */
function newest(streams: readonly (readonly StoredOperation[])[], limit: number) {
  const heads = streams.map(() => 0);
  const shown: StoredOperation[] = [];
  for (;;) {
    let best: { stream: number; operation: StoredOperation } | undefined;
    for (const [stream, head] of heads.entries()) {
      const operation = streams[stream]?.[head];
      if (operation && (!best || operation.postedAt > best.operation.postedAt)) best = { stream, operation };
    }
    if (!best) return { shown, isAll: true };
    if (shown.length === limit) return { shown, isAll: false };
    shown.push(best.operation);
    heads[best.stream] = (heads[best.stream] as number) + 1;
  }
}

/** Reads straight from the ledger's store. */
export function createLedgerReads(deps: LedgerReadDeps): LedgerReads {
  return {
    wallet: (member) => readWallet(deps, member),
    operations: async (named, query) => {
      const member = (await survivorsOf(deps.pool, [named])).get(named) ?? named;
      return pageOf(deps, (await deps.historyOf?.(member)) ?? [{ member }], query);
    },
    lots: async (member, query) => {
      const page = await readLots(deps, member, query);
      if (page === undefined) return undefined;
      return page.next === undefined ? { items: page.lots } : { items: page.lots, nextAfter: page.next };
    },
  };
}

const ACCOUNTS: { readonly [code: string]: string } = {
  ob: "obligation",
  pe: "pending",
  ac: "active",
  he: "held",
  re: "redeemed",
  ex: "expired",
  ar: "arrears",
  mv: "other-member",
};

export function toOperationView(operation: StoredOperation): OperationView {
  const sums = sumMovements(operation.movements);
  const { member, citesSeq, receiptId } = operation;
  const [, citedMember = member, citedSeq = citesSeq] = operation.facts?.cited ?? [];
  return {
    operation: operationIds.format(operation),
    kind: operation.kind,
    partner: operation.partner,
    at: formatInstant(operation.occurredAt),
    postedAt: formatInstant(operation.postedAt),
    accountingDay: formatDay(operation.accountingDay),
    ...(receiptId === undefined ? {} : { receiptId }),
    ...(citedSeq === undefined ? {} : { cites: operationIds.format({ member: citedMember, seq: citedSeq }) }),
    ...sums,
    movements: operation.movements.map(([from, to, , , funder, redeemer, cents]) => ({
      from: ACCOUNTS[from] as string,
      to: ACCOUNTS[to] as string,
      funder,
      ...(redeemer === null ? {} : { redeemer }),
      cents,
    })),
  };
}

type Sums = Pick<
  OperationView,
  "earned" | "spent" | "expired" | "held" | "takenBack" | "givenBack" | "arrears" | "recovered"
>;

/** A recovery is a redemption at the creditor with a movement that lowers the debt: it is told apart from a spend. */
function sumMovements(movements: StoredOperation["movements"]): Sums {
  let redeemed = 0;
  const sums = { earned: 0, expired: 0, held: 0, takenBack: 0, givenBack: 0, arrears: 0, recovered: 0 };
  for (const [from, to, , , , , cents] of movements) {
    if (from === "ob") sums[to === "ar" ? "recovered" : "earned"] += cents;
    else if (to === "ob") sums[from === "ar" ? "arrears" : "takenBack"] += cents;
    else if (to === "re") redeemed += cents;
    else if (to === "ex") sums.expired += cents;
    else if (to === "he") sums.held += cents;
    else if (from === "re") sums.givenBack += cents;
  }
  return { ...sums, spent: redeemed - sums.recovered };
}
