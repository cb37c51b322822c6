import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, testApi } from "../../../test/support/api.ts";

const api = await testApi();
const { keys } = api;
const now = () => new Date(api.clock.now()).toISOString();
let number = 0;
const receipt = (over: object = {}) => ({
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number: `m${++number}`,
  at: now(),
  member: { kind: "card", value: "8000" },
  lines: [
    { category: "food", amount: 30_000 },
    { category: "food", amount: 70_000 },
  ],
  ...over,
});

async function pages(path: string, limit: number, filter = ""): Promise<Json[]> {
  const items: Json[] = [];
  let cursor = "";
  do {
    const page = await api.call(`${path}?limit=${limit}${filter}${cursor}`, { key: keys.analyst });
    assert.equal(page.status, 200, page.text);
    items.push(...(page.body.items as unknown as Json[]));
    cursor = page.body.next === undefined ? "" : `&cursor=${page.body.next}`;
  } while (cursor !== "");
  return items;
}

test("a member's day: earn, hold, capture, return, award, and a history that says all of it", async () => {
  const sold = await api.call("/v1/receipts", { key: keys.till, body: receipt() });
  assert.equal(sold.status, 201, sold.text);
  const member = String(sold.body.member);
  const key = keys.operator;
  const once = (name: string) => ({ "idempotency-key": name });
  const hold = await api.call("/v1/holds", {
    key,
    body: { partner: "beta", member: { id: member }, pointsCents: 5_000, reference: "order-1" },
    headers: once("h"),
  });
  assert.equal(hold.status, 201, hold.text);
  const captured = await api.call(`/v1/holds/${hold.body.hold}/capture`, {
    key,
    body: { pointsCents: 4_200 },
    headers: once("c"),
  });
  assert.deepEqual([captured.status, captured.body.captured, captured.body.released], [200, 4_200, 800], captured.text);
  const again = await api.call(`/v1/holds/${hold.body.hold}/capture`, {
    key,
    body: { pointsCents: 4_200 },
    headers: once("c"),
  });
  assert.equal(again.text, captured.text);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  const returned = await api.call(`/v1/receipts/${sold.body.receiptId}/returns`, {
    key: keys.till,
    body: { store: "alfa-1", till: "1", number: "r1", at: now(), lines: [{ line: 0, amount: 30_000 }] },
  });
  assert.deepEqual(
    [returned.status, returned.body.takenBack, returned.body.refundKopecks],
    [201, 3_000, 30_000],
    returned.text,
  );
  const award = { member: { id: member }, pointsCents: 1_500, funder: "alfa", reason: "A late delivery" };
  assert.equal((await api.call("/v1/awards", { key: keys.partner, body: award, headers: once("a") })).status, 201);

  const wallet = await api.call(`/v1/members/${member}/wallet`, { key: keys.till });
  assert.equal(wallet.body.activeCents, 10_000 - 4_200 - 3_000 + 1_500);
  const operations = await pages(`/v1/members/${member}/operations`, 2);
  assert.deepEqual(
    operations.map(({ kind, partner }) => [kind, partner]),
    [
      ["award", "alfa"],
      ["return", "alfa"],
      ["capture", "beta"],
      ["hold", "beta"],
      ["purchase", "alfa"],
    ],
  );
  const [, back, capture, , purchase] = operations as unknown as { [name: string]: unknown }[];
  assert.deepEqual([back?.takenBack, back?.cites, back?.receiptId], [3_000, purchase?.operation, sold.body.receiptId]);
  assert.equal(capture?.spent, 4_200);
  assert.equal(purchase?.earned, 10_000);
  const spends = await pages(`/v1/members/${member}/operations`, 50, "&kind=capture");
  assert.equal(spends.length, 1);
  const from = encodeURIComponent(new Date(api.clock.now() + 1).toISOString());
  assert.deepEqual(await pages(`/v1/members/${member}/operations`, 50, `&from=${from}`), []);

  const lots = (await pages(`/v1/members/${member}/lots`, 1)) as unknown as {
    id: string;
    funder: string;
    [sum: string]: unknown;
  }[];
  assert.equal(new Set(lots.map(({ id }) => id)).size, lots.length, "each once");
  assert.deepEqual(
    lots.map(({ funder, amount }) => [funder, amount]),
    [
      ["alfa", 5_000],
      ["beta", 3_000],
      ["telecom", 2_000],
      ["alfa", 1_500],
    ],
  );
  for (const lot of lots) {
    const { amount, remaining, held, spent, expired, takenBack } = lot as unknown as Record<string, number>;
    assert.equal(amount, remaining! + held! + spent! + expired! + takenBack!, JSON.stringify(lot));
  }
});

test("a receipt is read with what each line earned and had returned, and rated line by line", async () => {
  const sold = await api.call("/v1/receipts", { key: keys.till, body: receipt() });
  const path = `/v1/receipts/${sold.body.receiptId}`;
  const read = await api.call(path, { key: keys.till });
  assert.equal(read.status, 200, read.text);
  const lines = (read.body.receipt?.lines ?? []) as unknown as { category: string; amount: number; earned: number }[];
  assert.deepEqual(
    lines.map(({ amount, earned }) => [amount, earned]),
    [
      [30_000, 3_000],
      [70_000, 7_000],
    ],
  );
  assert.doesNotMatch(read.text, /8000/, "no raw identifier");
  const rate = (body: object) => api.call(`${path}/rating`, { method: "PUT", key: keys.partner, body });
  assert.equal((await rate({ lines: [{ line: 0, stars: 5 }] })).status, 200);
  const changed = await rate({ lines: [{ line: 1, stars: 2 }] });
  assert.deepEqual(changed.body.lines, [{ line: 1, stars: 2 }]);
  const { rows } = await api.engines.pool.query("select lines from receipt_rating where receipt_id = $1", [
    sold.body.receiptId,
  ]);
  assert.deepEqual(rows, [{ lines: [[1, 2]] }]);
  assert.equal((await rate({ lines: [{ line: 2, stars: 5 }] })).body.code, "unknown-line");
  assert.equal((await rate({ lines: [{ line: 0, stars: 6 }] })).status, 400);
  assert.equal(
    (
      await rate({
        lines: [
          { line: 0, stars: 1 },
          { line: 0, stars: 2 },
        ],
      })
    ).status,
    400,
  );
  const { member: _, ...anonymous } = receipt();
  const nobody = await api.call("/v1/receipts", { key: keys.till, body: anonymous });
  const refused = await api.call(`/v1/receipts/${nobody.body.receiptId}/rating`, {
    method: "PUT",
    key: keys.partner,
    body: { lines: [{ line: 0, stars: 5 }] },
  });
  assert.equal(refused.body.code, "rating-needs-member", refused.text);
});

test("a quote tells what a receipt would earn and how much could be spent, and writes nothing", async () => {
  const before = await api.countRows();
  const quote = await api.call("/v1/quotes", { key: keys.till, body: receipt() });
  assert.equal(quote.status, 200, quote.text);
  assert.equal(quote.body.earned, 10_000);
  assert.ok(Number(quote.body.spendable) > 0);
  assert.equal(await api.countRows(), before);
});

test("a store's day is kept as it was sent last", async () => {
  const put = (turnoverKopecks: number) =>
    api.call("/v1/store-day-totals/alfa/alfa-1/2026-06-14", {
      method: "PUT",
      key: keys.till,
      body: { receipts: 10, turnoverKopecks },
    });
  assert.equal((await put(1)).status, 200);
  const last = await put(500_000);
  assert.deepEqual([last.status, last.body.turnoverKopecks, last.body.day], [200, 500_000, "2026-06-14"]);
  const { rows } = await api.engines.pool.query("select receipts, turnover_kopecks from store_day_total");
  assert.deepEqual(rows, [{ receipts: 10, turnover_kopecks: 500_000 }]);
});

test("the programme is read whole by the operator, and by a partner without who pays for what", async () => {
  const whole = await api.call("/v1/programme", { key: keys.operator });
  assert.equal(whole.status, 200, whole.text);
  assert.match(whole.text, /"funders"/);
  const seen = await api.call("/v1/programme", { key: keys.till });
  assert.doesNotMatch(seen.text, /funders|guarantee|legal/);
  const { partners, stores, categories } = seen.body.document as unknown as Record<string, object>;
  assert.deepEqual(Object.keys(partners ?? {}).sort(), ["alfa", "beta", "operator", "telecom"]);
  assert.ok(Object.keys(stores ?? {}).includes("alfa-1") && Object.keys(categories ?? {}).includes("food"));
  assert.equal((await api.call("/v1/programme/versions/1", { key: keys.till })).status, 200);
  assert.equal((await api.call("/v1/programme/versions", { key: keys.till })).status, 200);
});
