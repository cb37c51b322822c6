import assert from "node:assert/strict";
import { test } from "node:test";
import { feedAll } from "../../../../test/feed.ts";
import { givenBack, insertOperations, issued, spent } from "../../../../test/hand-made-operations.ts";
import { testApi } from "../../../../test/support/api.ts";

const api = await testApi({ now: "2026-03-15T12:00:00+03:00" });
const { pool } = api.engines;
const { operator, partner, analyst, till } = api.keys;
const alfa = partner;
const beta = (await api.makeKey("partner", "beta")).key;

function rowsOf(list: unknown): Record<string, unknown>[] {
  return list as Record<string, unknown>[];
}

await insertOperations(pool, [
  { member: 1, seq: 1, accountingDay: "2026-01-10", movements: [issued("alfa", 20_000), issued("gamma", 500)] },
  {
    member: 1,
    seq: 2,
    accountingDay: "2026-01-20",
    partner: "beta",
    receiptId: "rcp_b1",
    movements: [spent("alfa", "beta", 12_000)],
  },
  { member: 2, seq: 1, accountingDay: "2026-01-11", movements: [issued("alfa", 9_000)] },
  {
    member: 2,
    seq: 2,
    accountingDay: "2026-01-21",
    partner: "beta",
    receiptId: "rcp_b2",
    movements: [spent("alfa", "beta", 3_000)],
  },
  { member: 1, seq: 3, accountingDay: "2026-01-22", partner: "beta", movements: [spent("gamma", "beta", 500)] },
  {
    member: 1,
    seq: 4,
    accountingDay: "2026-02-05",
    kind: "return",
    citesSeq: 2,
    movements: [givenBack("alfa", "beta", 2_000)],
  },
]);
await feedAll(api.engines);

test("an open month is shown as it stands; a partner sees what concerns it", async () => {
  const seen = await api.call("/v1/settlements/2026-01", { key: analyst });
  assert.equal(seen.status, 200);
  assert.equal(seen.body.state, "open");
  assert.deepEqual(seen.body.pairs, [
    { funder: "alfa", redeemer: "beta", amountKopecks: 15_000, document: "claim" },
    { funder: "gamma", redeemer: "beta", amountKopecks: 500, document: "claim" },
  ]);
  const own = await api.call("/v1/settlements/2026-01", { key: alfa });
  assert.deepEqual(own.body.pairs, [{ funder: "alfa", redeemer: "beta", amountKopecks: 15_000, document: "claim" }]);
  assert.deepEqual(
    rowsOf(own.body.net).map((each) => each.partner),
    ["alfa"],
  );
  assert.deepEqual(
    rowsOf(own.body.balances).map((each) => each.funder),
    ["alfa"],
  );
});

test("months are closed in order, by the operator only, and what can't be closed is refused at once", async () => {
  for (const key of [analyst, alfa, till]) {
    assert.equal((await api.call("/v1/settlements/2026-01/close", { method: "POST", key })).status, 403);
  }
  const early = await api.call("/v1/settlements/2026-03/close", { method: "POST", key: operator });
  assert.deepEqual([early.status, early.body.code], [422, "month-not-over"]);
  const skipped = await api.call("/v1/settlements/2026-02/close", { method: "POST", key: operator });
  assert.deepEqual([skipped.status, skipped.body.code, skipped.body.months], [409, "earlier-month-open", ["2026-01"]]);
  const unreadable = await api.call("/v1/settlements/2026-13/close", { method: "POST", key: operator });
  assert.equal(unreadable.status, 400);
});

test("closing is a job that can be followed to its end", async () => {
  await closed("2026-01");
  const seen = await api.call("/v1/settlements/2026-01", { key: operator });
  assert.equal(seen.body.state, "closed");
  assert.match(String(seen.body.digest), /^[0-9a-f]{64}$/);
  const again = await api.call("/v1/settlements/2026-01/close", { method: "POST", key: operator });
  assert.deepEqual([again.status, again.body.code], [409, "month-already-closed"]);
  await closed("2026-02");
  const list = await api.call("/v1/settlements?limit=1", { key: alfa });
  assert.deepEqual(
    rowsOf(list.body.items).map((each) => [each.month, each.state]),
    [["2026-02", "closed"]],
  );
  const rest = await api.call(`/v1/settlements?limit=5&cursor=${list.body.next}`, { key: alfa });
  assert.deepEqual(
    rowsOf(rest.body.items).map((each) => each.month),
    ["2026-01"],
  );
});

/** Closes a month and follows the job's events to the end. */
async function closed(month: string): Promise<void> {
  const asked = await api.call(`/v1/settlements/${month}/close`, { method: "POST", key: operator });
  assert.equal(asked.status, 202);
  assert.equal(asked.headers.get("location"), `/v1/jobs/${asked.body.id}`);
  const events = await api.call(`/v1/jobs/${asked.body.id}/events`, { key: operator });
  assert.match(events.headers.get("content-type") ?? "", /text\/event-stream/);
  const states = [...events.text.matchAll(/"state":"(\w+)"/g)].map((match) => match[1]);
  assert.equal(states.at(-1), "done");
  const job = await api.call(`/v1/jobs/${asked.body.id}`, { key: operator });
  assert.deepEqual(job.body.result, { month, settlement: `/v1/settlements/${month}` });
  assert.equal(job.body.progress, 1);
}

test("lines lead to receipts page by page; a credit cites the closed line; others' lines are not there", async () => {
  const january = await api.call("/v1/settlements/2026-01/lines?limit=1", { key: operator });
  const second = await api.call(`/v1/settlements/2026-01/lines?cursor=${january.body.next}`, { key: operator });
  const [line] = rowsOf(january.body.items);
  const [other] = rowsOf(second.body.items);
  assert.deepEqual([line?.funder, line?.redeemer, line?.pointsCents], ["alfa", "beta", 15_000]);
  assert.equal(other?.funder, "gamma");
  const path = `/v1/settlements/2026-01/lines/${line?.id}/receipts`;
  const first = await api.call(`${path}?limit=1`, { key: alfa });
  const last = await api.call(`${path}?limit=1&cursor=${first.body.next}`, { key: alfa });
  assert.equal(last.body.next, undefined);
  const receipts = [...rowsOf(first.body.items), ...rowsOf(last.body.items)];
  assert.deepEqual(receipts.map((each) => [each.receipt, each.pointsCents]).sort(), [
    ["rcp_b1", 12_000],
    ["rcp_b2", 3_000],
  ]);
  const february = await api.call("/v1/settlements/2026-02/lines", { key: beta });
  assert.deepEqual(
    rowsOf(february.body.items).map((each) => [each.kind, each.pointsCents, each.cites]),
    [["credit", -2_000, { month: "2026-01", line: line?.id }]],
  );
  const hidden = await api.call(`/v1/settlements/2026-01/lines/${other?.id}/receipts`, { key: alfa });
  assert.deepEqual([hidden.status, hidden.body.code], [404, "unknown-settlement-line"]);
  const forged = await api.call(`${path}?cursor=WzEsMiwzXQ`, { key: alfa });
  assert.deepEqual([forged.status, rowsOf(forged.body.errors)[0]?.code], [400, "bad-cursor"]);
});

test("acts are files in three formats and two languages; a partner gets its own only", async () => {
  const list = await api.call("/v1/settlements/2026-01/acts", { key: alfa });
  assert.deepEqual(
    rowsOf(list.body.items).map((each) => [each.partner, each.netKopecks]),
    [["alfa", -15_000]],
  );
  const files = rowsOf(list.body.items)[0]?.files as Record<string, string>;
  const pdf = await api.call(files.pdf as string, { key: alfa });
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.match(pdf.text, /^%PDF-/);
  const xlsx = await api.call(files.xlsx as string, { key: alfa });
  assert.match(xlsx.headers.get("content-disposition") ?? "", /act-2026-01-alfa\.xlsx/);
  assert.match(xlsx.text, /^PK/);
  const csv = await api.call(`${files.csv}?language=ru`, { key: alfa });
  assert.match(csv.text, /^\ufeff?акт;месяц;раздел/);
  assert.match(csv.text, /150,00/);
  const english = await api.call(`${files.csv}?separator=comma&bom=false`, { key: alfa });
  assert.match(english.text, /^act,month,section/);
  assert.equal((await api.call("/v1/settlements/2026-01/acts/beta.pdf", { key: alfa })).status, 403);
  assert.equal((await api.call("/v1/settlements/2026-01/acts/beta.pdf", { key: analyst })).status, 200);
  const none = await api.call("/v1/settlements/2026-01/acts/nobody.csv", { key: operator });
  assert.deepEqual([none.status, none.body.code], [404, "unknown-act"]);
});

test("what is not there is said so", async () => {
  const nothing = await api.call("/v1/settlements/2019-01", { key: operator });
  assert.deepEqual([nothing.status, nothing.body.code], [404, "unknown-settlement"]);
  assert.equal((await api.call("/v1/jobs/job_0", { key: operator })).status, 404);
  assert.equal((await api.call("/v1/jobs/job_0/events", { key: operator })).status, 404);
});
