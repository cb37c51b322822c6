import assert from "node:assert/strict";
import { test } from "node:test";
import { queryRows } from "#platform/clickhouse/client.ts";
import { testEngines } from "../../../test/engines.ts";
import { feedAll, untilSeen } from "../../../test/feed.ts";
import { type HandMade, insertOperation, insertOperations, issued, spent } from "../../../test/hand-made-operations.ts";
import { type FeedDeps, type FeedStep, feedStatus, hasPassed, markNow, moveBatch, runFeed } from "./index.ts";
import { rewindIfEmpty } from "./run-feed.ts";
import { OPERATIONS } from "./store/copies.ts";
import { readBatch, readPosition } from "./store/position.ts";
import { sendRange } from "./store/send.ts";

const { pool, clickhouse } = await testEngines();
const node = { node: 0, pool };
const deps: FeedDeps = { pool, nodes: [node], warehouse: clickhouse, clock: { now: () => Date.now() } };
const never = new AbortController().signal;
let nextMember = 1;

const RECEIPT = {
  v: 1,
  receipt: {
    partner: "alfa",
    store: "s1",
    till: "2",
    number: "77",
    channel: "store",
    lines: [
      { category: "bread", amount: 30_000, quantity: 2 },
      { category: "dairy \t\\ «q»\n", amount: 70_000 },
    ],
    deliveryFee: 9_900,
  },
  rules: [
    { rule: "base", baseKopecks: 90_000, rateBp: 100, uncappedCents: 900, pointsCents: 900 },
    { rule: "welcome", baseKopecks: 90_000, uncappedCents: 5_000, pointsCents: 100, cappedBy: "daily" },
  ],
  earned: [
    {
      funders: ["alfa", "bank"],
      amountCents: [600, 300],
      lineCents: [
        [100, 100],
        [500, 200],
      ],
    },
    { funders: ["telecom"], amountCents: [100], lineCents: [[100], [0]] },
  ],
  spent: { byLine: [4_000, 6_000], draws: [[1, 0, "alfa", 10_000]] },
  turnover: 100_000,
};

/** Operations of a new member. */
function operationsOf(days: readonly string[]): HandMade[] {
  const member = nextMember++;
  return days.map((accountingDay, i) => ({
    member,
    seq: i + 1,
    accountingDay,
    movements: i === 0 ? [issued("alfa", 10_000)] : [spent("alfa", "bank", 1)],
    body: RECEIPT,
    receiptId: `rcp_${member}_${i}`,
  }));
}

const moveAll = (limit?: number) => feedAll({ pool, clickhouse }, limit);

/** Moves one batch of what is there now. */
async function moveOnce(more: Partial<FeedDeps> = {}, limit = 1_000) {
  await untilSeen(pool);
  return moveBatch({ ...deps, ...more }, node, limit, never);
}

/** Compares every operation, and what the views made of them, with PostgreSQL's. */
async function assertWarehouseIsLedger(): Promise<void> {
  const { rows: ledger } = await pool.query(`
    select count(*) as operations, coalesce(sum(json_array_length(movements)), 0) as movements,
      count(*) filter (where kind = 'purchase' and body::jsonb ? 'receipt') as receipts,
      coalesce(sum(member_id * 31 + seq), 0) as checksum
    from operation`);
  const warehouse = await queryRows<Record<string, string>>(
    clickhouse,
    `select (select count() from operation) as operations, (select count() from movement) as movements,
       (select countIf(store != '') from receipt) as receipts, (select sum(member_id * 31 + seq) from operation) as checksum,
       (select count() from receipt_line) as lines, (select count() from earned_rule) as rules`,
  );
  const receipts = Number(ledger[0]?.receipts);
  assert.deepEqual(
    Object.fromEntries(Object.entries(warehouse[0] ?? {}).map(([name, value]) => [name, Number(value)])),
    {
      ...Object.fromEntries(Object.entries(ledger[0] ?? {}).map(([name, value]) => [name, Number(value)])),
      lines: receipts * 2,
      rules: receipts * 2,
    },
  );
}

test("a purchase arrives as it is, and taken apart into movements, receipt, lines and rules", async () => {
  await insertOperation(pool, {
    member: nextMember++,
    seq: 1,
    accountingDay: "2026-01-31",
    businessDay: "2026-01-30",
    receiptId: "rcp_one",
    movements: [issued("alfa", 600), ["ac", "re", 9, 1, "bank", "alfa", 10_000]],
    body: RECEIPT,
  });
  await moveAll();
  assert.deepEqual(await queryRows(clickhouse, "select * except (bucket, member_id) from movement order by n"), [
    {
      ...{ seq: 1, n: 1, kind: "purchase", partner: "alfa", occurred_at: "2026-01-30T09:00:00.000Z", cites_seq: 0 },
      ...{ business_day: "2026-01-30", accounting_day: "2026-01-31", from_account: "ob", to_account: "ac" },
      ...{ lot_seq: 1, lot_part: 0, funder: "alfa", redeemer: "", cents: "600" },
    },
    {
      ...{ seq: 1, n: 2, kind: "purchase", partner: "alfa", occurred_at: "2026-01-30T09:00:00.000Z", cites_seq: 0 },
      ...{ business_day: "2026-01-30", accounting_day: "2026-01-31", from_account: "ac", to_account: "re" },
      ...{ lot_seq: 9, lot_part: 1, funder: "bank", redeemer: "alfa", cents: "10000" },
    },
  ]);
  assert.deepEqual(
    await queryRows(
      clickhouse,
      `select store, till, number, channel, turnover_kopecks, delivery_fee_kopecks, lines, earned_cents, spent_cents
       from receipt where receipt_id = 'rcp_one'`,
    ),
    [
      {
        ...{ store: "s1", till: "2", number: "77", channel: "store", turnover_kopecks: "100000" },
        ...{ delivery_fee_kopecks: "9900", lines: 2, earned_cents: "1000", spent_cents: "10000" },
      },
    ],
  );
  assert.deepEqual(
    await queryRows(
      clickhouse,
      "select line, category, amount_kopecks, quantity, earned_cents, spent_cents from receipt_line order by line",
    ),
    [
      { line: 0, category: "bread", amount_kopecks: "30000", quantity: 2, earned_cents: "300", spent_cents: "4000" },
      {
        ...{ line: 1, category: "dairy \t\\ «q»\n", amount_kopecks: "70000", quantity: 0 },
        ...{ earned_cents: "700", spent_cents: "6000" },
      },
    ],
  );
  assert.deepEqual(
    await queryRows(clickhouse, "select rule, rate_bp, uncapped_cents, points_cents, capped_by from earned_rule"),
    [
      { rule: "base", rate_bp: 100, uncapped_cents: "900", points_cents: "900", capped_by: "" },
      { rule: "welcome", rate_bp: 0, uncapped_cents: "5000", points_cents: "100", capped_by: "daily" },
    ],
  );
  const { rows } = await pool.query("select movements::text, body::text from operation where receipt_id = 'rcp_one'");
  assert.deepEqual(
    await queryRows(clickhouse, "select movements, body from operation where receipt_id = 'rcp_one'"),
    rows,
  );
});

test("a return arrives with the lines it took back", async () => {
  await insertOperation(pool, {
    member: nextMember++,
    seq: 2,
    kind: "return",
    citesSeq: 1,
    body: {
      v: 1,
      return: { store: "s2", lines: [{ line: 1, category: "dairy", amount: 2_500 }] },
      receiptId: "rcp_one",
    },
  });
  await moveAll();
  assert.deepEqual(
    await queryRows(
      clickhouse,
      "select purchase_seq, receipt_id, line, store, category, amount_kopecks from returned_line",
    ),
    [{ purchase_seq: 1, receipt_id: "rcp_one", line: 1, store: "s2", category: "dairy", amount_kopecks: "2500" }],
  );
});

test("receipts without a member arrive, and a store's total sent again replaces the first", async () => {
  const insertAnonymous = (number: number) =>
    pool.query(
      `insert into anonymous_receipt (key_bucket, key_hash, partner, store, occurred_at, posted_at, business_day, programme_version, turnover_kopecks, body)
       values (1, gen_random_uuid(), 'alfa', 's1', '2026-01-05T10:00:00Z', '2026-01-05T10:00:01Z', '2026-01-05', 1, $1, '{}')`,
      [number],
    );
  const sendTotal = (turnover: number) =>
    pool.query(
      `insert into store_day_total (partner, store, business_day, receipts, turnover_kopecks, sent_at)
       values ('alfa', 's1', '2026-01-05', 3, $1, '2026-01-06T00:00:00Z')
       on conflict (partner, store, business_day) do update set turnover_kopecks = excluded.turnover_kopecks, xid = excluded.xid`,
      [turnover],
    );
  await insertAnonymous(500);
  await sendTotal(1_000);
  await moveAll();
  await insertAnonymous(700);
  await sendTotal(2_000);
  await moveAll();
  assert.deepEqual(await queryRows(clickhouse, "select sum(turnover_kopecks) as sum from anonymous_receipt"), [
    { sum: "1200" },
  ]);
  assert.deepEqual(await queryRows(clickhouse, "select turnover_kopecks from store_day_total final"), [
    { turnover_kopecks: "2000" },
  ]);
});

test("transactions that commit out of order leave no hole", async () => {
  const early = await pool.connect();
  const late = await pool.connect();
  try {
    await early.query("begin");
    await insertOperations(early, operationsOf(["2026-01-02"]));
    await late.query("begin");
    await insertOperations(late, operationsOf(["2026-01-02", "2026-01-03"]));
    await late.query("commit");
    await moveBatch(deps, node, 1_000, never);
    await insertOperations(pool, operationsOf(["2026-01-04"]));
    await moveBatch(deps, node, 1_000, never);
    const mark = await markNow(deps);
    assert.equal(await hasPassed(deps, mark), false, "what committed behind a running transaction waits for it");
    await early.query("commit");
    await moveBatch(deps, node, 1_000, never);
    await moveAll();
    assert.equal(await hasPassed(deps, mark), true);
  } finally {
    early.release();
    late.release();
  }
  await assertWarehouseIsLedger();
});

test("a transaction that rolls back leaves nothing and holds nothing up", async () => {
  const client = await pool.connect();
  await client.query("begin");
  await insertOperations(client, operationsOf(["2026-01-02"]));
  await client.query("rollback");
  client.release();
  await insertOperations(pool, operationsOf(["2026-01-03"]));
  await moveAll();
  await assertWarehouseIsLedger();
});

const MONTHS = ["2025-11-05", "2025-12-05", "2026-01-05", "2026-02-05", "2026-03-05"];

for (const step of ["planned", "recorded", "operations-sent", "all-sent", "acknowledged"] satisfies FeedStep[]) {
  test(`a process that dies once a batch is ${step} loses and doubles nothing, though the batch spans months`, async () => {
    await insertOperations(pool, operationsOf(MONTHS));
    const dying: FeedDeps = {
      ...deps,
      onStep: (at) => {
        if (at === step) throw new Error("died");
      },
    };
    await assert.rejects(moveOnce(dying), /died/);
    await insertOperations(pool, operationsOf(MONTHS));
    await moveAll();
    await assertWarehouseIsLedger();
  });
}

test("a batch that reached some of the views' tables only is completed by sending it again", async () => {
  await insertOperations(pool, operationsOf(MONTHS));
  const views = ["receipt_line_from_operation", "movement_from_operation"];
  for (const view of views) await clickhouse.command({ query: `detach table ${view}` });
  const dying: FeedDeps = {
    ...deps,
    onStep: (at) => {
      if (at === "all-sent") throw new Error("died");
    },
  };
  await assert.rejects(moveOnce(dying), /died/);
  for (const view of views) await clickhouse.command({ query: `attach table ${view}` });
  await moveAll();
  await assertWarehouseIsLedger();
});

test("a batch of which some months arrived only is completed by sending it again", async () => {
  await insertOperations(pool, operationsOf(MONTHS));
  const february: typeof OPERATIONS = {
    ...OPERATIONS,
    copy: (...range) => OPERATIONS.copy(...range).replace(" where", " where accounting_day = '2026-02-05' and"),
  };
  const { stream, nextBatch } = await readPosition(pool, 0);
  const dying: FeedDeps = {
    ...deps,
    onStep: async (at) => {
      if (at !== "recorded") return;
      const batch = await readBatch(pool, 0, nextBatch);
      assert.ok(batch);
      await sendRange(pool, clickhouse, february, batch, stream, never);
      throw new Error("died");
    },
  };
  const count = "select count() as rows from operation where accounting_day = '2026-02-05'";
  const [before] = await queryRows<{ rows: string }>(clickhouse, count);
  await assert.rejects(moveOnce(dying), /died/);
  const [after] = await queryRows<{ rows: string }>(clickhouse, count);
  assert.equal(Number(after?.rows), Number(before?.rows) + 1);
  await moveAll();
  await assertWarehouseIsLedger();
});

test("two processes that move the same rows at once move them once", async () => {
  for (let round = 0; round < 5; round++) {
    await insertOperations(pool, operationsOf(MONTHS));
    await insertOperations(pool, operationsOf(MONTHS));
    const both = () => Promise.all([moveBatch(deps, node, 4, never), moveBatch(deps, node, 7, never)]);
    while (!(await hasPassed(deps, await markNow(deps)))) await both();
  }
  await assertWarehouseIsLedger();
});

test("a batch is cut between transactions, and one transaction larger than the limit goes whole", async () => {
  const client = await pool.connect();
  await client.query("begin");
  for (let i = 0; i < 4; i++) await insertOperations(client, operationsOf(MONTHS));
  await client.query("commit");
  client.release();
  const moved = await moveOnce({}, 7);
  assert.equal(moved?.batch.operations, 20);
  await assertWarehouseIsLedger();
});

test("writers and a feed that is broken off at random: afterwards the warehouse is the ledger", async () => {
  let random = 12_345;
  const chance = () => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return random / 4_294_967_296;
  };
  const flaky: FeedDeps = {
    ...deps,
    limits: { intervalMs: 5, maxPauseMs: 5, maxRows: 40 },
    onStep: () => {
      if (chance() < 0.15) throw new Error("died");
    },
  };
  const stop = new AbortController();
  const feed = runFeed(flaky, stop.signal);
  const writer = async () => {
    for (let i = 0; i < 15; i++) {
      const client = await pool.connect();
      await client.query("begin");
      for (let n = 0; n < 1 + Math.floor(chance() * 3); n++) await insertOperations(client, operationsOf(MONTHS));
      await client.query(chance() < 0.1 ? "rollback" : "commit");
      client.release();
    }
  };
  await Promise.all([writer(), writer(), writer()]);
  stop.abort();
  await feed;
  await moveAll();
  await assertWarehouseIsLedger();
});

test("the status tells position, what waits and since when, and the last error", async () => {
  const quiet = await feedStatus(deps);
  assert.equal(quiet.lagMs, 0);
  assert.equal(quiet.nodes[0]?.waitingOperations, 0);
  const postedAt = new Date(Date.now() - 60_000);
  await insertOperation(pool, { member: nextMember++, seq: 1, postedAt });
  const waiting = await feedStatus({ ...deps, clock: { now: () => postedAt.getTime() + 7_000 } });
  assert.equal(waiting.lagMs, 7_000);
  assert.equal(waiting.nodes[0]?.waitingOperations, 1);

  const stop = new AbortController();
  const unreachable = new Error("warehouse is not there");
  const failing: FeedDeps = {
    ...deps,
    limits: { intervalMs: 1 },
    onStep: () => {
      throw unreachable;
    },
    onEvent: (event) => {
      if (event.event === "failed" && event.failuresInARow === 3) stop.abort();
    },
  };
  await untilSeen(pool);
  await runFeed(failing, stop.signal);
  assert.match((await feedStatus(deps)).nodes[0]?.error ?? "", /warehouse is not there/);
  await moveAll();
  const done = (await feedStatus(deps)).nodes[0];
  assert.equal(done?.error, undefined);
  assert.equal(done?.newestPostedAt, postedAt.getTime());
});

test("a database whose transactions are behind the position, as after a restore from a dump, is refused", async () => {
  const { rows } = await pool.query("update feed_position set next_xid = next_xid + 1000000000 returning next_xid");
  await assert.rejects(moveOnce(), /restored from a dump/);
  await pool.query("update feed_position set next_xid = $1", [Number(rows[0]?.next_xid) - 1_000_000_000]);
});

test("an idle feed writes nothing", async () => {
  const before = await pool.query("select * from feed_position");
  assert.equal(await moveOnce(), undefined);
  assert.deepEqual((await pool.query("select * from feed_position")).rows, before.rows);
});

test("a warehouse that lost everything is filled again from the first operation", async () => {
  const tables = [
    "operation",
    "movement",
    "settlement_movement",
    "receipt",
    "receipt_line",
    "earned_rule",
    "returned_line",
  ];
  for (const table of [...tables, "anonymous_receipt"]) await clickhouse.command({ query: `truncate table ${table}` });
  assert.equal(await rewindIfEmpty(deps, node), true);
  await moveAll(50);
  await assertWarehouseIsLedger();
  assert.equal(await rewindIfEmpty(deps, node), false);
});
