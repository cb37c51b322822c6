import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentifierKeys, findMembers } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { lineReceipts, type Settlement } from "#domains/settlement/index.ts";
import { createCheckout, type Principal, type ReceiptRequest } from "#flows/checkout/index.ts";
import { closeMonth, createCloseDeps } from "#flows/close-month/index.ts";
import { moveBatch } from "#flows/feed/index.ts";
import { type MemberId, operationIds } from "#kernel/ids.ts";
import { createCalendar, type Month, parseMonth } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { mergeMembers, unmergeMember } from "./index.ts";

const { pool, clickhouse } = await testEngines();
const clock = manualClock(Date.parse("2026-06-10T12:00:00+03:00"));
const programmes = programmesOf(clock.now, SMALL_COALITION);
const secret = Buffer.from("test");
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const operator: Principal = { keyId: "op", role: "operator" };
const merging = { now: clock.now, programmes };
const reason = { by: "test", why: "the same person" };
const node = { node: 0, pool };
const never = new AbortController().signal;

let number = 0;
async function buy(card: string, partner: string, roubles: number, spendCents = 0) {
  const shop = { partner, store: `${partner}-1`, till: "1", number: String(++number), at: clock.now() };
  const lines = [{ category: "food", amountKopecks: roubles * 100 }];
  const request: ReceiptRequest = {
    receipt: { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents },
    member: { by: "identifier", kind: "card", value: card },
  };
  const outcome = await checkout.postReceipt(request, operator);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value.body;
}

async function giveBack(receiptId: string, partner: string) {
  const request = { receiptId, store: `${partner}-1`, till: "1", number: `r${++number}`, at: clock.now() } as const;
  const outcome = await checkout.returnReceipt({ ...request, lines: "all", refund: "money" }, operator);
  assert.ok(outcome.ok, JSON.stringify(outcome));
}

async function memberOf(card: string): Promise<MemberId> {
  const key = createIdentifierKeys(secret)("card", card);
  const client = await pool.connect();
  const found = (await findMembers(client, [key])).get(key.text);
  client.release();
  assert.ok(found !== undefined);
  return found;
}

const month = (text: string): Month => parseMonth(text) as Month;

async function close(text: string): Promise<Settlement> {
  let isOver = false;
  const feed = { pool, nodes: [node], warehouse: clickhouse, clock };
  const feeding = (async () => {
    while (!isOver) await moveBatch(feed, node, 1_000, never);
  })();
  try {
    const deps = { ...createCloseDeps({ pool, warehouse: clickhouse, clock, programmes }), pollMs: 5 };
    const closed = await closeMonth(deps, month(text), never);
    assert.ok(closed.ok, JSON.stringify(closed));
    return closed.value;
  } finally {
    isOver = true;
    await feeding;
  }
}

const creditsOf = (settlement: Settlement) =>
  settlement.lines
    .filter(({ cites }) => cites)
    .map(({ funder, redeemer, kopecks, cites }) => [funder, redeemer, kopecks, cites?.month]);

test("a return of a merged member's receipt cites the closed month's line, and so does one after they were taken apart", async () => {
  await buy("s1", "alfa", 100);
  await buy("s2", "telecom", 1_000);
  const june = await buy("s2", "beta", 60, 6_000);
  const late = await buy("s2", "beta", 30, 3_000);
  clock.set(Date.parse("2026-07-05T12:00:00+03:00"));
  const first = await close("2026-06");
  const claim = first.lines.find(({ funder, redeemer }) => funder === "telecom" && redeemer === "beta");
  assert.equal(claim?.kopecks, 9_000);

  const [survivor, merged] = [await memberOf("s1"), await memberOf("s2")];
  assert.ok((await transaction(pool, (client) => mergeMembers(merging, client, survivor, merged, reason))).ok);
  await giveBack(june.receiptId, "beta");
  clock.set(Date.parse("2026-08-05T12:00:00+03:00"));
  const second = await close("2026-07");
  assert.deepEqual(creditsOf(second), [["telecom", "beta", -6_000, "2026-06"]]);
  const credit = second.lines.find(({ cites }) => cites);
  assert.equal(credit?.cites?.line, claim?.id);
  const key = { month: month("2026-07"), kind: "claim", funder: "telecom", redeemer: "beta" } as const;
  const { items } = await lineReceipts(
    clickhouse,
    { ...key, kind: credit?.kind ?? key.kind, citesMonth: month("2026-06") },
    undefined,
    10,
  );
  assert.equal(items.length, 1);
  assert.deepEqual([items[0]?.cents, operationIds.parse(items[0]?.cites ?? "")?.member], [-6_000, merged]);

  assert.ok((await transaction(pool, (client) => unmergeMember(merging, client, merged, reason))).ok);
  await giveBack(late.receiptId, "beta");
  clock.set(Date.parse("2026-09-05T12:00:00+03:00"));
  assert.deepEqual(creditsOf(await close("2026-08")), [["telecom", "beta", -3_000, "2026-06"]]);
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
