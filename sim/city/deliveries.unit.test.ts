import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS } from "#kernel/time.ts";
import { RETURN_FIGURES } from "./assumptions.ts";
import { createCity } from "./city.ts";
import type { Delivery } from "./deliveries.ts";
import { receiptKeyOf } from "./wire.ts";

const city = createCity({ seed: 8, people: 4_000, from: "2025-01-01", to: "2025-03-01" });
const deliveries = [...city.deliveries({ lateShareBp: 300, retryShareBp: 100, returns: true })];
const ofKind = (kind: Delivery["kind"]) => deliveries.filter((delivery) => delivery.kind === kind);
const keyOf = ({ receipt }: Delivery) => Object.values(receiptKeyOf(receipt)).join("|");
const isShare = (count: number, of: number, shareBp: number) =>
  Math.abs(count / of - shareBp / 10_000) < shareBp / 100_000;

test("deliveries come in order of arrival, and nothing arrives before its time", () => {
  let last = 0;
  for (const delivery of deliveries) {
    assert.ok(delivery.arrivesAt >= last && delivery.arrivesAt >= delivery.receipt.at);
    last = delivery.arrivesAt;
  }
});

test("3 % of receipts arrive late, at most 72 hours; the others at once", () => {
  const receipts = ofKind("receipt");
  const late = receipts.filter(({ isLate }) => isLate);
  assert.ok(isShare(late.length, receipts.length, 300), `${late.length} of ${receipts.length}`);
  for (const { isLate, arrivesAt, receipt } of receipts) {
    assert.ok(isLate ? arrivesAt - receipt.at <= 3 * DAY_MS : arrivesAt === receipt.at);
  }
});

test("1 % is sent twice, word for word the same, after the first", () => {
  const firsts = new Map(ofKind("receipt").map((delivery) => [keyOf(delivery), delivery]));
  const retries = ofKind("retry");
  assert.ok(isShare(retries.length, firsts.size, 100), `${retries.length} of ${firsts.size}`);
  for (const retry of retries) {
    const first = firsts.get(keyOf(retry));
    assert.deepEqual(city.toReceiptBody(retry.receipt), first && city.toReceiptBody(first.receipt));
    assert.ok(retry.arrivesAt > (first?.arrivesAt ?? Number.POSITIVE_INFINITY));
  }
});

test("a receipt with late and retried neighbours is the receipt of the plain stream", () => {
  const plain = [...city.receipts({ from: "2025-02-01", to: "2025-02-03" })];
  const messy = new Map(ofKind("receipt").map((delivery) => [keyOf(delivery), delivery.receipt]));
  for (const receipt of plain) {
    assert.deepEqual(messy.get(Object.values(receiptKeyOf(receipt)).join("|")), receipt);
  }
});

test("returns follow their receipt's arrival within 14 days and take back no more than was bought", () => {
  const arrived = new Map(ofKind("receipt").map((delivery) => [keyOf(delivery), delivery.arrivesAt]));
  const keys = new Set<string>();
  for (const delivery of deliveries) {
    if (delivery.kind !== "return") continue;
    const { returned, receipt } = delivery;
    assert.equal(returned.receipt, receipt);
    assert.ok(delivery.arrivesAt > (arrived.get(keyOf(delivery)) ?? Number.POSITIVE_INFINITY));
    assert.ok(returned.at > receipt.at && returned.day - receipt.day <= RETURN_FIGURES.longestDays);
    const { store, till, number } = city.toReturnBody(returned);
    keys.add(`${store}|${till}|${number}|${returned.day}`);
    if (returned.lines === "all") continue;
    for (const { line, amountKopecks } of returned.lines) {
      assert.ok(Number.isInteger(amountKopecks) && amountKopecks > 0 && amountKopecks <= (receipt.amounts[line] ?? 0));
    }
  }
  assert.equal(keys.size, ofKind("return").length);
});

test("a return's key is never a receipt's", () => {
  const numbers = new Set(ofKind("receipt").map(({ receipt }) => receipt.number));
  for (const delivery of deliveries) {
    if (delivery.kind === "return") assert.ok(!numbers.has(delivery.returned.number));
  }
});

test("grocers get back the stated share of their receipts", () => {
  for (const [number, partner] of [
    [0, "kalitka"],
    [1, "samobranka"],
  ] as const) {
    const sold = [...city.receipts({ to: "2025-02-14" })].filter((each) => each.partner === number && !each.fraud);
    const sales = new Set(sold.map((receipt) => Object.values(receiptKeyOf(receipt)).join("|")));
    const back = ofKind("return").filter((delivery) => sales.has(keyOf(delivery))).length;
    const expected = (sales.size * (RETURN_FIGURES.shareBp[partner] ?? 0)) / 10_000;
    assert.ok(Math.abs(back - expected) < 4 * Math.sqrt(expected), `${partner}: ${back}, expected ${expected}`);
  }
});
