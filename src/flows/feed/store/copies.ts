import { invariant } from "#kernel/invariant.ts";

/** A table that goes to the warehouse: what is read there and the columns it becomes here. */
export type Copied = {
  readonly table: "operation" | "anonymous_receipt" | "store_day_total";
  readonly columns: readonly string[];
  /** COPY in text form is TabSeparated as ClickHouse reads it: the same separators, the same escapes. */
  readonly copy: (node: number, fromXid: number, toXid: number) => string;
};

/** Times as UTC without an offset, which is what DateTime64 reads fastest; no nulls. */
function utc(column: string): string {
  return `${column} at time zone 'UTC'`;
}

/** COPY takes no parameters, so the numbers are written in; anything but a safe integer stops here. */
function copyRange(select: string, node: number, fromXid: number, toXid: number): string {
  for (const value of [node, fromXid, toXid]) invariant(Number.isSafeInteger(value) && value >= 0, "no position");
  const text = select.replaceAll("$node", String(node));
  // By index on xid. In no order: a token stands for the range, not for its bytes, and sorting wide rows spills to disk.
  return `copy (${text} where xid >= ${fromXid} and xid < ${toXid}) to stdout`;
}

const OPERATION = `
select $node, bucket, member_id, seq, kind, partner, ${utc("occurred_at")}, ${utc("posted_at")}, business_day,
  accounting_day, programme_version, coalesce(receipt_id, ''), coalesce(cites_seq, 0), movements,
  coalesce(facts::text, ''), body, xid
from operation`;

const ANONYMOUS_RECEIPT = `
select $node, key_bucket, key_hash, partner, store, ${utc("occurred_at")}, ${utc("posted_at")}, business_day,
  programme_version, turnover_kopecks, body, xid
from anonymous_receipt`;

const STORE_DAY_TOTAL = `
select $node, partner, store, business_day, receipts, turnover_kopecks, ${utc("sent_at")}, xid
from store_day_total`;

export const OPERATIONS: Copied = {
  table: "operation",
  columns: [
    ...["node", "bucket", "member_id", "seq", "kind", "partner", "occurred_at", "posted_at", "business_day"],
    ...["accounting_day", "programme_version", "receipt_id", "cites_seq", "movements", "facts", "body", "xid"],
  ],
  copy: (node, fromXid, toXid) => copyRange(OPERATION, node, fromXid, toXid),
};

export const ANONYMOUS_RECEIPTS: Copied = {
  table: "anonymous_receipt",
  columns: [
    ...["node", "key_bucket", "key_hash", "partner", "store", "occurred_at", "posted_at", "business_day"],
    ...["programme_version", "turnover_kopecks", "body", "xid"],
  ],
  copy: (node, fromXid, toXid) => copyRange(ANONYMOUS_RECEIPT, node, fromXid, toXid),
};

export const STORE_DAY_TOTALS: Copied = {
  table: "store_day_total",
  columns: ["node", "partner", "store", "business_day", "receipts", "turnover_kopecks", "sent_at", "xid"],
  copy: (node, fromXid, toXid) => copyRange(STORE_DAY_TOTAL, node, fromXid, toXid),
};
