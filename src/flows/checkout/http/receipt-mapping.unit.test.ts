import assert from "node:assert/strict";
import { test } from "node:test";
import { memberIds } from "#kernel/ids.ts";
import { points, roubles } from "./amounts.ts";
import { RECEIPT_EXAMPLE, RETURN_EXAMPLE } from "./examples.ts";
import { toMemberRef, toReceiptRequest, toReturnRequest } from "./receipt-mapping.ts";
import type { ReceiptJson } from "./schemas.ts";

const POINT_IS_A_ROUBLE = 100;

function receipt(over: Partial<ReceiptJson> = {}): ReceiptJson {
  return {
    partner: "alfa",
    store: "alfa-1",
    till: "1",
    number: "7",
    at: "2026-06-15T12:00:00+03:00",
    lines: [
      { category: "food", amount: 30_000 },
      { category: "food", amount: 70_000, quantity: 2 },
    ],
    ...over,
  };
}

function refusalOf(json: ReceiptJson, kopecksPerPoint = POINT_IS_A_ROUBLE) {
  const mapped = toReceiptRequest(json, kopecksPerPoint);
  assert.equal(mapped.ok, false);
  return (mapped as { failure: { code: string; faults?: { pointer: string; code: string }[] } }).failure;
}

test("a receipt as a till sends it becomes a request of checkout, amounts in kopecks and hundredths", () => {
  assert.deepEqual(toReceiptRequest(RECEIPT_EXAMPLE, POINT_IS_A_ROUBLE), {
    ok: true,
    value: {
      receipt: {
        partner: "kalitka",
        store: "kalitka-1",
        till: "3",
        number: "104233",
        at: Date.parse("2026-03-04T09:34:56Z"),
        channel: "store",
        lines: [
          { category: "dairy", amountKopecks: 12_990 },
          { category: "bread", amountKopecks: 4_990, quantity: 2 },
          { category: "fruit", amountKopecks: 25_000 },
        ],
        deliveryFeeKopecks: 0,
        tenders: [{ kind: "card", amountKopecks: 42_980, token: "tok_5f2c81", bank: "kubyshka" }],
        spendCents: 0,
      },
      member: { by: "identifier", kind: "phone", value: "+7 900 000-00-01" },
    },
  });
});

test("what is not said is left out, so that a repeat is the same request", () => {
  const mapped = toReceiptRequest(receipt(), POINT_IS_A_ROUBLE);
  assert.ok(mapped.ok);
  assert.deepEqual(Object.keys(mapped.value), ["receipt"]);
  assert.equal("channel" in mapped.value.receipt, false);
  assert.equal("quantity" in (mapped.value.receipt.lines[0] as object), false);
});

test("a member is named by identifier or id; an id that is none names nobody", () => {
  assert.deepEqual(toMemberRef({ kind: "card", value: "4000" }), { by: "identifier", kind: "card", value: "4000" });
  assert.deepEqual(toMemberRef({ id: memberIds.format(42) }), { by: "id", id: 42 });
  for (const id of ["42", "mem_", "mem_zzzzzzzzzzz", "op_0000000000100000a"]) {
    assert.equal(toMemberRef({ id }), "unknown", id);
    assert.equal(refusalOf(receipt({ member: { id } })).code, "unknown-member", id);
  }
});

test("tenders sum to the lines and the delivery fee", () => {
  const tenders = [{ kind: "cash", amount: 100_000 }];
  assert.ok(toReceiptRequest(receipt({ tenders }), POINT_IS_A_ROUBLE).ok);
  assert.deepEqual(refusalOf(receipt({ tenders, deliveryFee: 9_900 })), {
    code: "tenders-differ",
    pointer: "/tenders",
    totalKopecks: 109_900,
    tendersKopecks: 100_000,
  });
});

test("the points tender says the same as the spend, at the programme's value of a point", () => {
  const paid = (points: number) => [
    { kind: "points", amount: points },
    { kind: "card", amount: 100_000 - points },
  ];
  assert.ok(toReceiptRequest(receipt({ tenders: paid(30_000), spend: 30_000 }), POINT_IS_A_ROUBLE).ok);
  assert.ok(toReceiptRequest(receipt({ tenders: paid(30_000), spend: 60_000 }), 50).ok, "a point pays 50 kopecks");
  assert.equal(refusalOf(receipt({ tenders: paid(30_000), spend: 29_999 })).code, "points-tender-differs");
  assert.equal(refusalOf(receipt({ tenders: paid(30_000) })).code, "points-tender-differs");
  assert.equal(refusalOf(receipt({ tenders: paid(0), spend: 1 })).code, "points-tender-differs");
  const hold = "hold_0000000000100000a";
  assert.ok(toReceiptRequest(receipt({ tenders: paid(30_000), hold }), POINT_IS_A_ROUBLE).ok, "all of a hold");
});

test("times are RFC 3339 with an offset and name a real moment", () => {
  for (const at of [
    "2026-06-15",
    "2026-06-15T12:00:00",
    "2026-02-30T12:00:00Z",
    "2026-06-15T24:00:00Z",
    "2026-06-15 12:00:00Z",
    "yesterday",
    "",
  ]) {
    assert.deepEqual(
      refusalOf(receipt({ at })).faults?.map(({ pointer, code }) => [pointer, code]),
      [["/at", "bad-time"]],
      at,
    );
  }
  for (const at of ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999+03:00"]) {
    assert.ok(
      toReceiptRequest(receipt({ at }), POINT_IS_A_ROUBLE).ok,
      `${at} is a time: checkout says whether it may be`,
    );
  }
});

test("all that a schema can't say is told at once", () => {
  const lines = Array.from({ length: 3 }, () => ({ category: "food", amount: 1_000_000_000_000 }));
  assert.deepEqual(
    refusalOf(receipt({ at: "now", lines })).faults?.map(({ pointer, code }) => [pointer, code]),
    [
      ["/at", "bad-time"],
      ["/lines", "maximum"],
    ],
  );
});

test("a return names lines once each, or all that is left", () => {
  assert.deepEqual(toReturnRequest("rcp_1", RETURN_EXAMPLE), {
    ok: true,
    value: {
      receiptId: "rcp_1",
      store: "kalitka-1",
      till: "3",
      number: "R-17",
      at: Date.parse("2026-03-05T07:00:00Z"),
      lines: [{ line: 2, amountKopecks: 5_000 }],
      refund: "money",
    },
  });
  const { lines: _, ...rest } = RETURN_EXAMPLE;
  const all = toReturnRequest("rcp_1", { ...rest, all: true });
  assert.ok(all.ok);
  assert.equal(all.value.lines, "all");
  const twice = toReturnRequest("rcp_1", {
    ...RETURN_EXAMPLE,
    lines: [
      { line: 2, amount: 1 },
      { line: 2, amount: 2 },
    ],
  });
  assert.ok(!twice.ok && "faults" in twice.failure);
  assert.deepEqual(twice.failure.faults[0]?.pointer, "/lines/1/line");
});

test("sums are shown as people write them", () => {
  assert.equal(roubles(123_456_789, "ru"), "1\u00a0234\u00a0567,89 ₽");
  assert.equal(roubles(123_456_789, "en"), "₽1,234,567.89");
  assert.equal(points(5, "en"), "0.05 points");
  assert.equal(points(12_300, "ru"), "баллов: 123");
  assert.equal(roubles(-150, "en"), "₽−1.50");
});
