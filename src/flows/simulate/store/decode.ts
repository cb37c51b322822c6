import type { OperationFacts } from "#domains/ledger/index.ts";
import type { Receipt, ReceiptLine, Tender } from "#domains/program/index.ts";
import type { BookedRule, BookedShare, Row } from "../core/rows.ts";
import { type ByteReader, createByteReader } from "./byte-reader.ts";

export type DecodedRow = { readonly bucket: number; readonly member: number; readonly row: Row };

/** Reads rows of RowBinary as `read-operations.ts` selects them. */
export function createDecoder() {
  const reader = createByteReader();
  return {
    /** All rows of one answer, one after the other. */
    *rows(answer: Buffer): Generator<DecodedRow> {
      reader.open(answer);
      while (!reader.isAtEnd()) yield readRow(reader);
    },
  };
}

function readRow(r: ByteReader): DecodedRow {
  const bucket = r.uint16();
  const member = r.int64();
  const seq = r.uint32();
  const what = r.uint8();
  const occurredAt = r.int64();
  const postedAt = r.int64();
  const version = r.uint32();
  const partner = r.text();
  const citesSeq = r.uint32();
  const bare = readReceipt(r, partner, occurredAt);
  const rules = readRules(r);
  const shares = readShares(r);
  const spendCents = r.int64();
  const activeAfterCents = r.int64();
  const isStopped = r.text() !== "";
  const turnoverKopecks = r.int64();
  const earnedCents = r.int64();
  const facts = r.text();
  if (what === 0) {
    const receipt = spendCents === 0 ? bare : { ...bare, spendCents };
    const row: Row = { what: "purchase", seq, version, receipt, rules, shares, activeAfterCents, isStopped };
    return { bucket, member, row };
  }
  const known = facts === "" ? {} : (JSON.parse(facts) as OperationFacts);
  const row: Row =
    what === 1
      ? { what: "earlier", seq, partner, at: occurredAt, turnoverKopecks, earnedCents, caps: known.caps ?? [] }
      : { what: "other", seq, at: occurredAt, postedAt, partner, citesSeq, facts: known };
  return { bucket, member, row };
}

function readReceipt(r: ByteReader, partner: string, at: number): Receipt {
  const store = r.text();
  const channel = r.text();
  const lineCount = r.varint();
  const lines = new Array<ReceiptLine>(lineCount);
  for (let i = 0; i < lineCount; i++) lines[i] = { category: r.text(), amountKopecks: r.int64() };
  const deliveryFeeKopecks = r.int64();
  const tenderCount = r.varint();
  const tenders = new Array<Tender>(tenderCount);
  for (let i = 0; i < tenderCount; i++) {
    const kind = r.text();
    const amountKopecks = r.int64();
    const bank = r.text();
    tenders[i] = bank === "" ? { kind, amountKopecks } : { kind, amountKopecks, bank };
  }
  // No rule looks at till and number.
  const shown = { partner, store, till: "", number: "", at, lines, deliveryFeeKopecks, tenders };
  return channel === "" ? { ...shown, spendCents: 0 } : { ...shown, channel, spendCents: 0 };
}

function readRules(r: ByteReader): BookedRule[] {
  const count = r.varint();
  const list = new Array<BookedRule>(count);
  for (let i = 0; i < count; i++) list[i] = { rule: r.text(), pointsCents: r.int64(), cappedBy: r.text() };
  return list;
}

/** Parts of what was earned, one after the other: funders, then their amounts. */
function readShares(r: ByteReader): BookedShare[] {
  const list: BookedShare[] = [];
  for (let parts = r.varint(); parts > 0; parts--) {
    const funders = Array.from({ length: r.varint() }, () => r.text());
    const amounts = r.varint();
    for (let i = 0; i < amounts; i++) list.push({ funder: funders[i] ?? "", cents: r.int64() });
  }
  return list;
}
