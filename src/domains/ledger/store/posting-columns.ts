import type { PartnerId } from "#kernel/ids.ts";
import type { Day, EpochMs } from "#kernel/time.ts";
import {
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from "#platform/postgres/binary-arrays.ts";
import type { Change, ReturnedRow } from "../core/draft.ts";
import type { Operation } from "../core/operation.ts";
import { type Hold, type Lot, NEVER, type Trait, type Wallet } from "../core/wallet.ts";
import type { AlertRow, AnonymousReceipt, JournalRow, KeyClaim, LeaseUse, NewIdentifier, Posting } from "./posting.ts";

/** Tables by what a batch does with their rows, as the posting statement names them. */
export type PostedRows =
  | "wallets"
  | "new_wallets"
  | "operations"
  | "new_lots"
  | "changed_lots"
  | "holds"
  | "returns"
  | "keys"
  | "identifiers"
  | "anonymous"
  | "traits"
  | "journal"
  | "alerts"
  | "leases";

/** The batch as parameters, table by table; undefined where it has no rows. */
export const POSTED_ROWS: readonly (readonly [PostedRows, (posting: Posting) => Buffer[] | undefined])[] = [
  ["wallets", ({ changes }) => someRows(changes.filter(isMoved), movedWalletColumns)],
  ["new_wallets", ({ changes }) => someRows(changes.filter(isBorn), newWalletColumns)],
  ["operations", ofChanges((change) => change.operations, operationColumns)],
  ["new_lots", ofChanges((change) => change.newLots, newLotColumns)],
  ["changed_lots", ofChanges((change) => change.changedLots, changedLotColumns)],
  ["holds", ofChanges((change) => [...change.newHolds, ...change.changedHolds], holdColumns)],
  ["returns", ofChanges((change) => change.returned, returnColumns)],
  ["keys", ({ keys }) => someRows(keys, keyColumns)],
  ["identifiers", ({ identifiers }) => someRows(identifiers, identifierColumns)],
  ["anonymous", ({ anonymous }) => someRows(anonymous, anonymousColumns)],
  ["traits", ofChanges((change) => change.changedTraits, traitColumns)],
  ["journal", ({ journal }) => journal && journalColumns(journal)],
  ["alerts", ({ alerts }) => someRows(alerts ?? [], alertColumns)],
  ["leases", ({ leases }) => someRows(leases ?? [], leaseColumns)],
];

function someRows<T>(rows: readonly T[], columns: (rows: readonly T[]) => Buffer[]): Buffer[] | undefined {
  return rows.length === 0 ? undefined : columns(rows);
}

/** Rows of all changes, each with its wallet. */
function ofChanges<T>(rowsOf: (change: Change) => readonly T[], columns: (rows: readonly Owned<T>[]) => Buffer[]) {
  return ({ changes }: Posting): Buffer[] | undefined => {
    const all: Owned<T>[] = [];
    for (const change of changes) for (const row of rowsOf(change)) all.push({ wallet: change.after, row });
    return someRows(all, columns);
  };
}

function isMoved(change: Change): boolean {
  return change.before.isStored;
}

function isBorn(change: Change): boolean {
  return !change.before.isStored;
}

/** The fence's day, the statement's first parameter. */
export function fenceParameter(day: Day): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeInt32BE(day - 10_957);
  return buffer;
}

function movedWalletColumns(changes: readonly Change[]): Buffer[] {
  const after = changes.map((change) => change.after);
  return [...walletOwners(after), int4Array(changes.map((change) => change.before.seq)), ...walletState(after)];
}

function newWalletColumns(changes: readonly Change[]): Buffer[] {
  const after = changes.map((change) => change.after);
  return [...walletOwners(after), ...walletState(after), timestamptzArray(after.map((wallet) => wallet.createdAt))];
}

function walletOwners(wallets: readonly Wallet[]): Buffer[] {
  return [int2Array(wallets.map((wallet) => wallet.bucket)), int8Array(wallets.map((wallet) => wallet.member))];
}

function walletState(after: readonly Wallet[]): Buffer[] {
  return [
    int4Array(after.map((wallet) => wallet.seq)),
    int8Array(after.map((wallet) => wallet.activeCents)),
    int8Array(after.map((wallet) => wallet.pendingCents)),
    int8Array(after.map((wallet) => wallet.heldCents)),
    jsonArray(after.map(arrearsJson)),
    jsonArray(after.map((wallet) => mapJson(wallet.capUse, ([used, untilDay]) => `[${used},${untilDay}]`))),
    jsonArray(after.map((wallet) => mapJson(wallet.firstPurchaseAt, String))),
    timestamptzArray(after.map((wallet) => finite(wallet.nextChangeAt))),
  ];
}

function arrearsJson(wallet: Wallet): string | null {
  if (wallet.debts.length === 0) return null;
  return JSON.stringify(wallet.debts.map((debt) => [debt.funder, debt.cents, debt.sinceSeq]));
}

/** Keys are made of ids, which need no escape; an object of its own for each would cost four times as much. */
function mapJson<Value>(map: ReadonlyMap<string, Value>, render: (value: Value) => string): string | null {
  if (map.size === 0) return null;
  let json = "";
  for (const [key, value] of map) json += `${json === "" ? "{" : ","}"${key}":${render(value)}`;
  return `${json}}`;
}

function finite(at: EpochMs): EpochMs | null {
  return at === NEVER ? null : at;
}

type Owned<T> = { readonly wallet: Wallet; readonly row: T };

function ownerColumns<T>(rows: readonly Owned<T>[]): Buffer[] {
  return [int2Array(rows.map((row) => row.wallet.bucket)), int8Array(rows.map((row) => row.wallet.member))];
}

function operationColumns(rows: readonly Owned<Operation>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    int4Array(rows.map(({ row }) => row.seq)),
    textArray(rows.map(({ row }) => row.kind)),
    textArray(rows.map(({ row }) => row.partner)),
    timestamptzArray(rows.map(({ row }) => row.occurredAt)),
    timestamptzArray(rows.map(({ row }) => row.postedAt)),
    dateArray(rows.map(({ row }) => row.businessDay)),
    dateArray(rows.map(({ row }) => row.accountingDay)),
    int4Array(rows.map(({ row }) => row.programmeVersion)),
    textArray(rows.map(({ row }) => row.receiptId ?? null)),
    int4Array(rows.map(({ row }) => row.citesSeq ?? null)),
    jsonArray(rows.map(({ row }) => JSON.stringify(row.movements))),
    jsonArray(rows.map(({ row }) => (row.facts === null ? null : JSON.stringify(row.facts)))),
    jsonArray(rows.map(({ row }) => row.body)),
  ];
}

function newLotColumns(rows: readonly Owned<Lot>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    int4Array(rows.map(({ row }) => row.seq)),
    int2Array(rows.map(({ row }) => row.part)),
    timestamptzArray(rows.map(({ row }) => row.earnedAt)),
    timestamptzArray(rows.map(({ row }) => row.availableAt)),
    timestamptzArray(rows.map(({ row }) => finite(row.expiresAt))),
    int2Array(rows.map(({ row }) => lotState(row))),
    textArray(rows.map(({ row }) => funderLiteral(row.funders))),
    textArray(rows.map(({ row }) => `{${row.amount.join(",")}}`)),
    ...lotAmountColumns(rows),
  ];
}

function changedLotColumns(rows: readonly Owned<Lot>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    int4Array(rows.map(({ row }) => row.seq)),
    int2Array(rows.map(({ row }) => row.part)),
    timestamptzArray(rows.map(({ row }) => row.availableAt)),
    int2Array(rows.map(({ row }) => lotState(row))),
    ...lotAmountColumns(rows),
  ];
}

function lotAmountColumns(rows: readonly Owned<Lot>[]): Buffer[] {
  return [
    textArray(rows.map(({ row }) => `{${row.remaining.join(",")}}`)),
    textArray(rows.map(({ row }) => amountsOrNull(row.held))),
    textArray(rows.map(({ row }) => amountsOrNull(row.spent))),
    textArray(rows.map(({ row }) => amountsOrNull(row.expired))),
    textArray(rows.map(({ row }) => amountsOrNull(row.takenBack))),
  ];
}

/** All zeros are stored as null: most lots have most columns empty. */
function amountsOrNull(values: readonly number[]): string | null {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return `{${values.join(",")}}`;
  return null;
}

/** Bit 1: active; bit 2: open. */
function lotState(lot: Lot): number {
  const isOpen = lot.remaining.some((cents) => cents > 0) || lot.held.some((cents) => cents > 0);
  return (lot.isActive ? 1 : 0) + (isOpen ? 2 : 0);
}

/** Funder ids are slugs, so they need no quoting in an array literal. */
function funderLiteral(funders: readonly PartnerId[]): string {
  return `{${funders.join(",")}}`;
}

function holdColumns(rows: readonly Owned<Hold>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    int4Array(rows.map(({ row }) => row.seq)),
    textArray(rows.map(({ row }) => row.partner)),
    textArray(rows.map(({ row }) => row.state)),
    timestamptzArray(rows.map(({ row }) => row.placedAt)),
    timestamptzArray(rows.map(({ row }) => row.expiresAt)),
    jsonArray(rows.map(({ row }) => JSON.stringify(row.items))),
  ];
}

function returnColumns(rows: readonly Owned<ReturnedRow>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    int4Array(rows.map(({ row }) => row.purchaseSeq)),
    jsonArray(rows.map(({ row }) => JSON.stringify(row.state.lines))),
    jsonArray(rows.map(({ row }) => JSON.stringify(row.state.refunded))),
    jsonArray(rows.map(({ row }) => JSON.stringify(row.state.absorbed))),
  ];
}

function traitColumns(rows: readonly Owned<Trait>[]): Buffer[] {
  return [
    ...ownerColumns(rows),
    textArray(rows.map(({ row }) => row.kind)),
    textArray(rows.map(({ row }) => row.key)),
    timestamptzArray(rows.map(({ row }) => row.fromAt)),
    timestamptzArray(rows.map(({ row }) => row.untilAt ?? null)),
  ];
}

function journalColumns({ writer, number, postedAt, facts }: JournalRow): Buffer[] {
  return [int8Array([writer]), int8Array([number]), timestamptzArray([postedAt]), textArray([facts])];
}

function alertColumns(alerts: readonly AlertRow[]): Buffer[] {
  return [
    uuidArray(alerts.map((alert) => alert.alertId)),
    timestamptzArray(alerts.map((alert) => alert.raisedAt)),
    textArray(alerts.map((alert) => alert.action)),
    textArray(alerts.map((alert) => (alert.action === "review" ? "open" : "noted"))),
    textArray(alerts.map((alert) => alert.kind)),
    jsonArray(alerts.map((alert) => alert.hits)),
    textArray(alerts.map((alert) => alert.partner)),
    textArray(alerts.map((alert) => alert.store)),
    textArray(alerts.map((alert) => alert.till)),
    int8Array(alerts.map((alert) => alert.member)),
    int4Array(alerts.map((alert) => alert.seq)),
    textArray(alerts.map((alert) => alert.receiptId)),
    int8Array(alerts.map((alert) => alert.pointsCents)),
  ];
}

function leaseColumns(leases: readonly LeaseUse[]): Buffer[] {
  return [int8Array(leases.map((lease) => lease.leaseId)), int8Array(leases.map((lease) => lease.cents))];
}

function keyColumns(keys: readonly KeyClaim[]): Buffer[] {
  return [
    int2Array(keys.map((key) => key.keyBucket)),
    uuidArray(keys.map((key) => key.keyHash)),
    uuidArray(keys.map((key) => key.bodyHash)),
    int2Array(keys.map((key) => key.bucket ?? null)),
    int8Array(keys.map((key) => key.member ?? null)),
    int4Array(keys.map((key) => key.seq ?? null)),
  ];
}

function identifierColumns(identifiers: readonly NewIdentifier[]): Buffer[] {
  return [
    int2Array(identifiers.map((identifier) => identifier.idBucket)),
    textArray(identifiers.map((identifier) => identifier.kind)),
    uuidArray(identifiers.map((identifier) => identifier.valueHash)),
    int8Array(identifiers.map((identifier) => identifier.member)),
    timestamptzArray(identifiers.map((identifier) => identifier.createdAt)),
  ];
}

function anonymousColumns(receipts: readonly AnonymousReceipt[]): Buffer[] {
  return [
    int2Array(receipts.map((receipt) => receipt.keyBucket)),
    uuidArray(receipts.map((receipt) => receipt.keyHash)),
    textArray(receipts.map((receipt) => receipt.partner)),
    textArray(receipts.map((receipt) => receipt.store)),
    timestamptzArray(receipts.map((receipt) => receipt.occurredAt)),
    timestamptzArray(receipts.map((receipt) => receipt.postedAt)),
    dateArray(receipts.map((receipt) => receipt.businessDay)),
    int4Array(receipts.map((receipt) => receipt.programmeVersion)),
    int8Array(receipts.map((receipt) => receipt.turnoverKopecks)),
    jsonArray(receipts.map((receipt) => receipt.body)),
  ];
}
