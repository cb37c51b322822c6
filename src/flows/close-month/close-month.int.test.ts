import assert from "node:assert/strict";
import { test } from "node:test";
import {
  lineReceipts,
  previewSettlement,
  readStored,
  readStoredAct,
  type SettlementTerms,
  verifySettlement,
} from "#domains/settlement/index.ts";
import { type FeedDeps, moveBatch } from "#flows/feed/index.ts";
import { createCalendar, type Month, parseInstant, parseMonth } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { feedAll } from "../../../test/feed.ts";
import {
  expired,
  givenBack,
  type HandMade,
  insertOperation,
  insertOperations,
  issued,
  spent,
} from "../../../test/hand-made-operations.ts";
import { type CloseDeps, closeMonth, closeUntil } from "./index.ts";

const { pool, clickhouse } = await testEngines();
const node = { node: 0, pool };
const clock = manualClock(parseInstant("2026-06-15T12:00:00+03:00") as number);
const feed: FeedDeps = { pool, nodes: [node], warehouse: clickhouse, clock };
const never = new AbortController().signal;

const terms: SettlementTerms = {
  operator: "operator",
  parties: [{ id: "alfa", title: { ru: "Альфа", en: "Alfa" }, legalName: "ООО «Альфа»" }],
  pointKopecks: 100,
  redemptionBp: 8_000,
  fees: [{ partner: "beta", kind: "programme", reason: "turnover", kopecks: 150 }],
};

const deps: CloseDeps = {
  pool,
  warehouse: clickhouse,
  feed,
  clock,
  calendar: createCalendar("Europe/Moscow"),
  sweep: async () => {},
  terms: async () => terms,
  pollMs: 5,
  feedPatienceMs: 20_000,
};

const month = (text: string): Month => parseMonth(text) as Month;

/** A feed that runs beside a close, as the worker's does. */
async function withFeed<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const feeding = (async () => {
    while (!isOver) await moveBatch(feed, node, 1_000, never);
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await feeding;
  }
}

const close = (text: string, more: Partial<CloseDeps> = {}) =>
  withFeed(() => closeMonth({ ...deps, ...more }, month(text), never));

const JANUARY: HandMade[] = [
  { member: 1, seq: 1, accountingDay: "2026-01-10", movements: [issued("alfa", 20_000)] },
  {
    member: 1,
    seq: 2,
    accountingDay: "2026-01-20",
    partner: "beta",
    receiptId: "rcp_b1",
    movements: [spent("alfa", "beta", 12_000)],
  },
  { member: 2, seq: 1, accountingDay: "2026-01-11", movements: [issued("beta", 9_000), issued("alfa", 700)] },
  {
    member: 2,
    seq: 2,
    accountingDay: "2026-01-21",
    partner: "gamma",
    movements: [spent("beta", "gamma", 9_000), spent("alfa", "alfa", 700)],
  },
  { member: 3, seq: 1, accountingDay: "2026-01-12", movements: [issued("gamma", 8_000)] },
  { member: 3, seq: 2, accountingDay: "2026-01-22", partner: "alfa", movements: [spent("gamma", "alfa", 6_000)] },
  {
    member: 3,
    seq: 3,
    accountingDay: "2026-01-23",
    kind: "return",
    citesSeq: 2,
    movements: [givenBack("gamma", "alfa", 1_000)],
  },
  { member: 3, seq: 4, accountingDay: "2026-01-31", kind: "expiry", movements: [expired("gamma", 3_000)] },
];

test("a month that is not over is refused, in the programme's time zone", async () => {
  clock.set(parseInstant("2026-01-31T20:59:59Z") as number);
  assert.deepEqual(await close("2026-01"), {
    ok: false,
    failure: { code: "month-not-over", endsAt: "2026-01-31T21:00:00.000Z" },
  });
  clock.set(parseInstant("2026-06-15T12:00:00+03:00") as number);
});

test("a close sweeps, fences, waits, computes, checks and freezes; acts and digest are stored", async () => {
  await insertOperations(pool, JANUARY);
  const seen: string[] = [];
  const closed = await close("2026-01", {
    sweep: async (day) => {
      seen.push(`sweep until ${day}`);
      const late = { member: 1, seq: 3, accountingDay: "2026-01-31", kind: "expiry" } as const;
      await insertOperation(pool, { ...late, movements: [expired("alfa", 500)] });
    },
    onProgress: ({ step, progress }) => {
      if (seen.at(-1) !== step) seen.push(step);
      assert.ok(progress >= 0 && progress <= 1);
    },
  });
  assert.ok(closed.ok, JSON.stringify(closed));
  assert.deepEqual(seen, ["sweep", "sweep until 20484", "fence", "feed", "totals", "freeze", "done"]);
  assert.deepEqual(
    closed.value.lines.map((line) => [line.funder, line.redeemer, line.cents]),
    [
      ["alfa", "alfa", 700],
      ["alfa", "beta", 12_000],
      ["beta", "gamma", 9_000],
      ["gamma", "alfa", 5_000],
    ],
  );
  assert.deepEqual(
    closed.value.positions.map((each) => [each.partner, each.netKopecks]),
    [
      ["alfa", -7_000],
      ["beta", 2_850],
      ["gamma", 4_000],
      ["operator", 150],
    ],
  );
  const alfa = closed.value.balances.find((each) => each.funder === "alfa");
  assert.deepEqual(alfa, {
    ...{ funder: "alfa", issuedCents: 20_700, takenBackCents: 0, redeemedCents: 12_700, expiredCents: 500 },
    ...{ outstandingCents: 7_500, expectedClaimCents: 6_000, arrearsCents: 0 },
  });
  const { rows } = await pool.query("select first_open_day from accounting_fence");
  assert.deepEqual(rows, [{ first_open_day: "2026-02-01" }]);
  const act = await readStoredAct(pool, month("2026-01"), "alfa");
  assert.equal(act?.party.legalName, "ООО «Альфа»");
  assert.equal(act?.totals.netKopecks, -7_000);
  assert.deepEqual(await verifySettlement(pool, month("2026-01")), []);
});

test("a closed month is not closed again", async () => {
  const again = await close("2026-01");
  assert.equal(again.ok ? "" : again.failure.code, "month-already-closed");
});

test("nothing that belongs to a closed month can be changed, added or removed", async () => {
  const forbidden = [
    "update settlement set document = '{}'",
    "update settlement set state = 'closing', closed_at = null, digest = null, document = null",
    "delete from settlement",
    "truncate settlement cascade",
    "update settlement_line set cents = cents + 1",
    "delete from settlement_line",
    "truncate settlement_line",
    "update settlement_total set cents = 0",
    "delete from settlement_act",
    "update settlement_act set document = '{}'",
    `insert into settlement_line (month, line, position, kind, funder, redeemer, cents, kopecks)
     values ('2026-01-01', 'line_x', 99, 'claim', 'alfa', 'beta', 1, 1)`,
    "insert into settlement_act (month, partner, digest, document) values ('2026-01-01', 'x', '', '')",
  ];
  const before = await readStored(pool, month("2026-01"));
  for (const statement of forbidden) {
    await assert.rejects(pool.query(statement), { code: "23001" }, statement);
  }
  assert.deepEqual(await readStored(pool, month("2026-01")), before);
});

test("case 8: a return after the close goes into the open month and cites the closed line", async () => {
  const january = await readStored(pool, month("2026-01"));
  await insertOperations(pool, [
    {
      member: 1,
      seq: 4,
      accountingDay: "2026-02-05",
      kind: "return",
      citesSeq: 2,
      movements: [givenBack("alfa", "beta", 10_000)],
    },
    {
      member: 2,
      seq: 3,
      accountingDay: "2026-02-06",
      partner: "beta",
      movements: [issued("alfa", 300), spent("alfa", "beta", 300)],
    },
  ]);
  const closed = await close("2026-02");
  assert.ok(closed.ok, JSON.stringify(closed));
  assert.deepEqual(await readStored(pool, month("2026-01")), january);
  const [claim, credit] = closed.value.lines;
  assert.deepEqual([claim?.kind, claim?.cents], ["claim", 300]);
  assert.deepEqual([credit?.kind, credit?.cents], ["credit", -10_000]);
  const cited = JSON.parse(january?.document ?? "{}").lines.find(
    (line: { funder: string; redeemer: string }) => line.funder === "alfa" && line.redeemer === "beta",
  );
  assert.deepEqual(credit?.cites, { month: "2026-01", line: cited.id });
  assert.deepEqual(
    closed.value.pairs.map((pair) => [pair.kopecks, pair.document]),
    [[-9_700, "credit-note"]],
  );
  assert.equal(closed.value.balances.find((each) => each.funder === "alfa")?.outstandingCents, 17_500);
  assert.deepEqual(await verifySettlement(pool, month("2026-02")), []);
});

test("each line leads to its receipts, page by page; a credit leads to the returns that made it", async () => {
  const january = { month: month("2026-01"), kind: "claim", funder: "gamma", redeemer: "alfa" } as const;
  const first = await lineReceipts(clickhouse, january, undefined, 1);
  assert.equal(first.items.length, 1);
  const second = await lineReceipts(clickhouse, january, first.next, 1);
  assert.equal(second.next, undefined);
  const items = [...first.items, ...second.items];
  assert.deepEqual(
    items.map((each) => [each.kind, each.cents, each.cites === items[0]?.operation]),
    [
      ["purchase", 6_000, false],
      ["return", -1_000, true],
    ],
  );
  const february = { month: month("2026-02"), funder: "alfa", redeemer: "beta" } as const;
  const claims = await lineReceipts(clickhouse, { ...february, kind: "claim" }, undefined, 10);
  assert.deepEqual(
    claims.items.map((each) => each.cents),
    [300],
  );
  const credits = await lineReceipts(
    clickhouse,
    { ...february, kind: "credit", citesMonth: month("2026-01") },
    undefined,
    10,
  );
  assert.deepEqual(
    credits.items.map((each) => [each.kind, each.cents]),
    [["return", -10_000]],
  );
  const settled = await lineReceipts(clickhouse, { ...january, funder: "alfa", redeemer: "beta" }, undefined, 10);
  assert.equal(settled.items[0]?.receipt, "rcp_b1");
  assert.equal(settled.items[0]?.operation, credits.items[0]?.cites);
});

test("an open month can be looked at before it is closed, with what is outstanding so far", async () => {
  await insertOperation(pool, { member: 4, seq: 1, accountingDay: "2026-03-03", movements: [issued("beta", 1_000)] });
  await withFeed(() =>
    insertOperation(pool, { member: 4, seq: 2, accountingDay: "2026-04-03", movements: [spent("beta", "alfa", 400)] }),
  );
  await feedAll({ pool, clickhouse });
  const preview = await previewSettlement(pool, clickhouse, month("2026-04"), terms);
  assert.deepEqual(
    preview.lines.map((line) => [line.funder, line.redeemer, line.cents]),
    [["beta", "alfa", 400]],
  );
  assert.equal(preview.balances.find((each) => each.funder === "beta")?.outstandingCents, 600);
  assert.equal(preview.balances.find((each) => each.funder === "alfa")?.outstandingCents, 17_500);
  assert.equal(await readStored(pool, month("2026-04")), undefined);
});

test("a month is refused while an earlier one with operations is open; closing until it closes both in order", async () => {
  assert.deepEqual(await close("2026-04"), {
    ok: false,
    failure: { code: "earlier-month-open", months: ["2026-03"] },
  });
  const months: Month[] = [];
  const closed = await withFeed(() => closeUntil(deps, month("2026-04"), never, (each) => months.push(each)));
  assert.ok(closed.ok);
  assert.deepEqual(months, [month("2026-03"), month("2026-04")]);
  for (const each of months) assert.deepEqual(await verifySettlement(pool, each), []);
});

test("a difference of one cent refuses the close, is listed by day, and leaves the month fenced for another try", async () => {
  await insertOperations(pool, [
    { member: 5, seq: 1, accountingDay: "2026-05-05", movements: [issued("alfa", 500)] },
    { member: 5, seq: 2, accountingDay: "2026-05-06", movements: [spent("alfa", "beta", 100)] },
  ]);
  await feedAll({ pool, clickhouse });
  const where = "where member_id = 5 and to_account = 're'";
  await clickhouse.command({ query: `alter table movement update cents = 101 ${where} settings mutations_sync = 2` });
  const refused = await close("2026-05");
  assert.deepEqual(refused, {
    ok: false,
    failure: {
      code: "totals-differ",
      differences: [
        {
          ...{ day: "2026-05-06", fromAccount: "ac", toAccount: "re", funder: "alfa", redeemer: "beta" },
          ...{ warehouseCents: 101, ledgerCents: 100 },
        },
      ],
    },
  });
  const stored = await readStored(pool, month("2026-05"));
  assert.equal(stored?.state, "closing");
  assert.equal(stored?.refusal?.differences.length, 1);
  assert.deepEqual((await pool.query("select first_open_day from accounting_fence")).rows, [
    { first_open_day: "2026-06-01" },
  ]);
  await clickhouse.command({ query: `alter table movement update cents = 100 ${where} settings mutations_sync = 2` });
  assert.ok((await close("2026-05")).ok);
});

test("a close that is cut off at any step goes on when it is asked for again", async () => {
  clock.set(parseInstant("2026-12-15T12:00:00+03:00") as number);
  const steps = ["sweep", "fence", "feed", "totals", "freeze"] as const;
  for (const [i, step] of steps.entries()) {
    const accountingDay = `2026-${String(6 + i).padStart(2, "0")}-15`;
    const name = accountingDay.slice(0, 7);
    await insertOperation(pool, { member: 6, seq: i + 1, accountingDay, movements: [issued("alfa", 100)] });
    const died = new Error("died");
    const dying = close(name, {
      onProgress: (progress) => {
        if (progress.step === step) throw died;
      },
    });
    await assert.rejects(dying, died);
    assert.equal((await readStored(pool, month(name)))?.state, "closing");
    assert.ok((await close(name)).ok, step);
    assert.deepEqual(await verifySettlement(pool, month(name)), []);
  }
});

test("case 25: an operation in flight is in the closed month or in the next one, never lost between", async () => {
  const posting = await pool.connect();
  await posting.query("begin");
  await posting.query("select from accounting_fence for share");
  await insertOperation(posting, {
    member: 7,
    seq: 1,
    accountingDay: "2026-11-30",
    movements: [issued("alfa", 4_200)],
  });
  let isClosed = false;
  const closing = close("2026-11").then((closed) => {
    isClosed = true;
    return closed;
  });
  while ((await readStored(pool, month("2026-11")))?.step !== "fence") await pool.query("select 1");
  assert.equal(isClosed, false, "the close waits for a transaction that may still book on the month");
  await posting.query("commit");
  posting.release();
  const closed = await closing;
  assert.ok(closed.ok);
  assert.equal(closed.value.balances.find((each) => each.funder === "alfa")?.issuedCents, 4_200);
  assert.deepEqual(await verifySettlement(pool, month("2026-11")), []);
});

test("a feed that stands still makes the close give up, and nothing is frozen", async () => {
  clock.set(parseInstant("2027-03-15T12:00:00+03:00") as number);
  await insertOperation(pool, { member: 8, seq: 1, accountingDay: "2026-12-15", movements: [issued("alfa", 100)] });
  const stuck = await closeMonth({ ...deps, feedPatienceMs: 1 }, month("2026-12"), never);
  assert.equal(stuck.ok ? "" : stuck.failure.code, "feed-behind");
  assert.equal((await readStored(pool, month("2026-12")))?.state, "closing");
  assert.ok((await close("2026-12")).ok);
});

test("a month without operations can be closed, and one before a closed one can't", async () => {
  const february = await close("2027-02");
  assert.ok(february.ok);
  assert.deepEqual(february.value.lines, []);
  const january = await close("2027-01");
  assert.deepEqual(january.ok ? "" : january.failure, { code: "later-month-closed", months: ["2027-02"] });
});
