import { type MemberId, operationIds } from "#kernel/ids.ts";
import { type EpochMs, formatDay, formatInstant } from "#kernel/time.ts";
import {
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
  /** Operations before this number only: where the page before ended. */
  readonly beforeSeq?: number;
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

/** What the routes ask of the ledger. Undefined for a member that has no wallet. */
export type LedgerReads = {
  wallet(member: MemberId): Promise<WalletNow | undefined>;
  operations(member: MemberId, query: OperationQuery): Promise<OperationPage>;
  lots(member: MemberId, query: LotQuery): Promise<LotPage | undefined>;
};

export type OperationPage = { readonly items: readonly OperationView[]; readonly nextBeforeSeq?: number };
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

/** Reads straight from the ledger's store. */
export function createLedgerReads(deps: ReadDeps): LedgerReads {
  return {
    wallet: (member) => readWallet(deps, member),
    operations: async (named, { limit, ...filter }) => {
      const member = (await survivorsOf(deps.pool, [named])).get(named) ?? named;
      const found = await listOperations(deps.pool, member, { ...filter, limit: limit + 1 });
      const items = found.slice(0, limit).map(toOperationView);
      const last = found[limit - 1];
      return found.length > limit && last !== undefined ? { items, nextBeforeSeq: last.seq } : { items };
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
  return {
    operation: operationIds.format(operation),
    kind: operation.kind,
    partner: operation.partner,
    at: formatInstant(operation.occurredAt),
    postedAt: formatInstant(operation.postedAt),
    accountingDay: formatDay(operation.accountingDay),
    ...(receiptId === undefined ? {} : { receiptId }),
    ...(citesSeq === undefined ? {} : { cites: operationIds.format({ member, seq: citesSeq }) }),
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
