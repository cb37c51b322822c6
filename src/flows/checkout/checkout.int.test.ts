import assert from "node:assert/strict";
import { test } from "node:test";
import { isLostRace, postChanges, verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { createCheckout, type Principal, type ReceiptRequest } from "./index.ts";

const engines = await testEngines();
const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const programmes = programmesOf(clock.now, SMALL_COALITION);
const checkout = createCheckout({ pool: engines.pool, clock, programmes, identifierSecret: Buffer.from("test") });
const till: Principal = { keyId: "key", role: "till", partner: "alfa" };
const operator: Principal = { keyId: "op", role: "operator" };

let number = 0;
function receipt(over: Partial<ReceiptRequest["receipt"]> = {}, card = "4000"): ReceiptRequest {
  return {
    receipt: {
      partner: "alfa",
      store: "alfa-1",
      till: "1",
      number: String(++number),
      at: clock.now(),
      lines: [
        { category: "food", amountKopecks: 30_000 },
        { category: "food", amountKopecks: 70_000 },
      ],
      deliveryFeeKopecks: 0,
      tenders: [],
      spendCents: 0,
      ...over,
    },
    member: { by: "identifier", kind: "card", value: card },
  };
}

async function accepted<T>(
  outcome: Promise<{ ok: true; value: { replayed: boolean; body: T } } | { ok: false; failure: unknown }>,
) {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function refused(outcome: Promise<{ ok: boolean; failure?: { code: string } }>): Promise<string> {
  const result = await outcome;
  assert.equal(result.ok, false, JSON.stringify(result));
  return (result as { failure: { code: string } }).failure.code;
}

test("a card never seen before makes a member, whose points know who pays for them", async () => {
  const { body, replayed } = await accepted(checkout.postReceipt(receipt(), till));
  assert.equal(replayed, false);
  assert.equal(body.earned, 10_000);
  assert.deepEqual(
    body.rules.map(({ funder, points }) => [funder, points]),
    [
      ["alfa", 5_000],
      ["beta", 3_000],
      ["telecom", 2_000],
    ],
  );
  assert.equal(body.wallet?.activeCents, 10_000);
});

test("one receipt many times at once is one accrual with equal answers", async () => {
  const request = receipt({}, "4001");
  const answers = await Promise.all(Array.from({ length: 20 }, () => accepted(checkout.postReceipt(request, till))));
  assert.equal(answers.filter((answer) => !answer.replayed).length, 1);
  for (const answer of answers) assert.deepEqual(answer.body, answers[0]?.body);
  const other = { ...request, member: { by: "identifier", kind: "card", value: "4002" } } as const;
  assert.equal(await refused(checkout.postReceipt(other, till)), "idempotency-conflict");
});

test("a spend is drawn pro rata, refused when there is too little, and replayed when its points are gone", async () => {
  await accepted(checkout.postReceipt(receipt({}, "4003"), till));
  const spend = receipt({ spendCents: 3_333 }, "4003");
  const first = await accepted(checkout.postReceipt(spend, till));
  assert.equal(first.body.spent, 3_333);
  const rest = receipt({ spendCents: first.body.wallet?.activeCents ?? 0 }, "4003");
  await accepted(checkout.postReceipt(rest, till));
  assert.equal(
    await refused(checkout.postReceipt(receipt({ spendCents: 99_000 }, "4003"), till)),
    "insufficient-points",
  );
  const again = await accepted(checkout.postReceipt(spend, till));
  assert.equal(again.replayed, true);
  assert.deepEqual(again.body, first.body);
});

test("a return takes back what its line earned, once", async () => {
  const { body } = await accepted(checkout.postReceipt(receipt({}, "4004"), till));
  const request = {
    receiptId: body.receiptId,
    store: "alfa-1",
    till: "1",
    number: "r1",
    at: clock.now(),
    lines: [{ line: 0, amountKopecks: 30_000 }],
    refund: "money",
  } as const;
  const returned = await accepted(checkout.returnReceipt(request, till));
  assert.equal(returned.body.takenBack, 3_000);
  assert.equal(returned.body.refundKopecks, 30_000);
  assert.equal((await accepted(checkout.returnReceipt(request, till))).replayed, true);
  const twice = { ...request, number: "r2" };
  assert.equal(await refused(checkout.returnReceipt(twice, till)), "return-exceeds-purchase");
  const rest = await accepted(checkout.returnReceipt({ ...request, number: "r3", lines: "all" }, till));
  assert.equal(rest.body.takenBack, 7_000);
  assert.equal(rest.body.wallet?.activeCents, 0);
});

test("a hold ends once: captured, the rest back; or timed out", async () => {
  await accepted(checkout.postReceipt(receipt({}, "4005"), till));
  const member = { by: "identifier", kind: "card", value: "4005" } as const;
  const hold = { idempotencyKey: "h1", partner: "beta", member, pointsCents: 5_000, ttlSeconds: 600 };
  const placed = await accepted(checkout.placeHold(hold, operator));
  assert.equal(placed.body.wallet.heldCents, 5_000);
  const holdId = placed.body.hold;
  assert.equal(
    await refused(checkout.captureHold({ idempotencyKey: "c0", holdId, pointsCents: 5_001 }, operator)),
    "capture-exceeds-hold",
  );
  const captured = await accepted(checkout.captureHold({ idempotencyKey: "c1", holdId, pointsCents: 4_200 }, operator));
  assert.equal(captured.body.wallet.activeCents, 5_800);
  assert.equal(await refused(checkout.voidHold({ idempotencyKey: "v1", holdId }, operator)), "hold-not-open");
  const second = await accepted(checkout.placeHold({ ...hold, idempotencyKey: "h2", pointsCents: 100 }, operator));
  clock.advance(601_000);
  const late = checkout.captureHold({ idempotencyKey: "c2", holdId: second.body.hold, pointsCents: 100 }, operator);
  assert.equal(await refused(late), "hold-expired");
});

test("a receipt without a member is kept and answered the same when it comes again", async () => {
  const { member: _, ...request } = receipt();
  const first = await accepted(checkout.postReceipt(request, till));
  assert.equal(first.body.earned, 0);
  assert.equal((await accepted(checkout.postReceipt(request, till))).replayed, true);
});

test("a neighbour that is refused or unknown spoils nothing", async () => {
  const outcomes = await Promise.all([
    checkout.postReceipt(receipt({}, "4006"), till),
    checkout.postReceipt(receipt({ spendCents: 1 }, "4007"), till),
    checkout.postReceipt({ ...receipt(), member: { by: "id", id: 999_999_999 } }, till),
    checkout.postReceipt(receipt({ partner: "beta", store: "beta-1" }), till),
    checkout.postReceipt(receipt({ lines: [{ category: "nothing", amountKopecks: 1 }] }, "4008"), till),
    checkout.postReceipt(receipt({ at: clock.now() + 86_400_000 }, "4009"), till),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.failure.code)),
    ["ok", "insufficient-points", "unknown-member", "forbidden-partner", "unknown-category", "receipt-in-future"],
  );
});

test("a process that is overtaken reads again: its receipt counts on top of the other's", async () => {
  const other = createCheckout({ pool: engines.pool, clock, programmes, identifierSecret: Buffer.from("test") });
  await accepted(checkout.postReceipt(receipt({}, "4010"), till));
  await accepted(other.postReceipt(receipt({}, "4010"), till));
  const { body } = await accepted(checkout.postReceipt(receipt({}, "4010"), till));
  assert.equal(body.wallet?.activeCents, 30_000);
});

test("a batch that is overtaken is not posted, and the database's log says by what", async () => {
  const anonymous = { keyBucket: 1, keyHash: Buffer.alloc(16), partner: "alfa", store: "alfa-1" };
  const times = { occurredAt: clock.now(), postedAt: clock.now(), businessDay: 20_619, programmeVersion: 1 };
  const batch = {
    ...{ changes: [], keys: [], identifiers: [] },
    anonymous: [{ ...anonymous, ...times, turnoverKopecks: 1, body: "{}" }],
    firstOpenDay: 20_000,
  };
  const client = await engines.pool.connect();
  try {
    const error = await postChanges(client, batch).catch((thrown: Error) => thrown);
    assert.ok(error instanceof Error && isLostRace(error));
    assert.match(error.message, /^overtaken: the first open day changed meanwhile; nothing is posted/);
  } finally {
    client.release();
  }
  const { rows } = await engines.pool.query("select from anonymous_receipt where key_hash = $1", [
    "00000000-0000-0000-0000-000000000000",
  ]);
  assert.equal(rows.length, 0);
});

test("verify rebuilds all of it from the operations", async () => {
  const report = await verifyProjections(engines.pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
  assert.ok(report.operations > 10);
});

test("verify in threads finds a cent that was put into a wallet by hand, a lot that no operation began, and where", async () => {
  const { pool, pgUrl: url } = engines;
  const { rows } = await pool.query<{ member_id: number }>(
    "select member_id from wallet where active_cents > 0 limit 1",
  );
  const member = rows[0]?.member_id;
  const outside = async (sql: string) => void (await pool.query(sql, [member]));
  await outside("update wallet set active_cents = active_cents + 1 where member_id = $1");
  await outside(
    `insert into lot (bucket, member_id, seq, part, earned_at, available_at, is_active, is_open, funders, amount, remaining)
     select bucket, member_id, 9999, 0, now(), now(), true, true, '{alfa}', '{5}', '{5}' from wallet where member_id = $1`,
  );
  const options = { calendar: createCalendar("Europe/Moscow"), now: clock.now };
  const inThreads = await verifyProjections(pool, { ...options, url });
  const here = await verifyProjections(pool, options);
  assert.deepEqual(inThreads.differences, here.differences);
  assert.deepEqual(
    here.differences.map(({ what }) => what.replace(/\d+(?=,)|\d+$/g, "N")),
    ["wallet, column 2: operations say N, stored is N", "lot 9999 0 is stored, but no operation began it"],
  );
  await outside("update wallet set active_cents = active_cents - 1 where member_id = $1");
  await outside("delete from lot where member_id = $1 and seq = 9999");
  assert.equal((await verifyProjections(pool, { ...options, url })).differenceCount, 0);
});
