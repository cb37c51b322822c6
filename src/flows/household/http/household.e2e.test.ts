import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { testApi } from "../../../../test/support/api.ts";
import { programmesOf, SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { agree as agreeOn } from "../index.ts";

const api = await testApi({ programme: `${SMALL_COALITION}policies:\n  householdPoints: 100 points\n` });
const { operator, partner } = api.keys;

let receipts = 0;
async function buy(card: string, roubles: number, spend?: number, store = "alfa"): Promise<Record<string, unknown>> {
  const amount = roubles * 100;
  const body = {
    partner: store,
    store: `${store}-1`,
    till: "9",
    number: String(++receipts),
    at: "2026-06-15T12:00:00+03:00",
    member: { kind: "card", value: card },
    lines: [{ category: "food", amount }],
    ...(spend === undefined ? {} : { spend }),
  };
  const answer = await api.call("/v1/receipts", { key: operator, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

let keys = 0;
const post = (path: string, body: unknown, key = `k${++keys}`) =>
  api.call(path, { key: operator, body, headers: { "idempotency-key": key } });
const move = (from: string, to: string, pointsCents: number, key?: string) =>
  post(`/v1/members/${from}/transfers`, { to, pointsCents, note: "for the shopping" }, key);
const activeOf = async (member: string) =>
  (await api.call(`/v1/members/${member}/wallet`, { key: operator })).body.activeCents as unknown as number;
const lotsOf = async (member: string) =>
  (await api.call(`/v1/members/${member}/lots?limit=200`, { key: operator })).body.items as unknown as {
    funder: string;
    amountCents?: number;
    remainingCents?: number;
  }[];
const agree = (giver: string, taker: string, method = "PUT") =>
  api.call(`/v1/members/${giver}/household/takers/${taker}`, { method, key: operator });

test("points move only to whom the member lets take them, keep their funders, and never above the month's limit", async () => {
  const mother = String((await buy("h-mother", 2_000)).member);
  const son = String((await buy("h-son", 10)).member);
  const refused = await move(mother, son, 5_000);
  assert.deepEqual([refused.status, refused.body.code], [422, "no-agreement"]);
  assert.equal((await agree(mother, son)).status, 200);
  assert.equal((await agree(mother, son)).status, 200, "told again it changes nothing");
  assert.equal((await move(son, mother, 50)).body.code, "no-agreement", "an agreement is one way");

  const moved = await move(mother, son, 6_000, "once");
  assert.equal(moved.status, 201, moved.text);
  const again = await move(mother, son, 6_000, "once");
  assert.deepEqual([again.body, again.headers.get("idempotency-replayed")], [moved.body, "true"]);
  assert.equal((await move(mother, son, 6_100, "once")).status, 409);
  assert.deepEqual([await activeOf(mother), await activeOf(son)], [14_000, 6_100]);
  const funders = (await lotsOf(son)).map(({ funder }) => funder).sort();
  assert.deepEqual(funders, ["alfa", "alfa", "beta", "beta", "telecom", "telecom"]);
  const limit = await move(mother, son, 4_001);
  assert.deepEqual([limit.body.code, limit.body.leftCents], ["household-limit", 4_000]);
  assert.equal((await move(mother, son, 30_000)).body.code, "insufficient-points");
  assert.equal((await move(mother, mother, 1)).body.code, "same-member");
  assert.equal((await move(mother, "mem_0000000zzzz", 1)).status, 404);
  assert.equal((await move(mother, son, 0)).status, 400);
  assert.equal((await api.call(`/v1/members/${mother}/household/takers`, { key: partner })).status, 403);

  const history = (await api.call(`/v1/members/${son}/operations?kind=transfer`, { key: operator })).body;
  assert.equal((history.items as unknown as unknown[]).length, 1);
});

test("a transfer is undone as far as it is unspent; who leaves the household neither gives nor takes any more", async () => {
  const anna = String((await buy("h-anna", 500)).member);
  const petr = String((await buy("h-petr", 10)).member);
  await agree(anna, petr);
  await agree(petr, anna);
  const moved = await move(anna, petr, 4_000);
  assert.equal(moved.status, 201, moved.text);
  await buy("h-petr", 30, 3_000, "beta");
  const undo = `/v1/transfers/${moved.body.transfer}/undo`;
  const back = await post(undo, { note: "a mistake" });
  assert.equal(back.status, 201, back.text);
  // His own 1.00 was there first and went first.
  assert.deepEqual([back.body.pointsCents, back.body.undoes], [1_100, moved.body.transfer]);
  assert.deepEqual([await activeOf(anna), await activeOf(petr)], [2_100, 0]);
  assert.equal((await post(undo, { note: "again" })).body.code, "nothing-left");
  assert.equal((await post(`/v1/transfers/${back.body.transfer}/undo`, { note: "x" })).status, 404);

  const left = await api.call(`/v1/members/${petr}/household/leave`, { method: "POST", key: operator });
  assert.deepEqual([left.body.takers, left.body.givers], [[], []]);
  assert.equal((await move(anna, petr, 100)).body.code, "no-agreement");
  assert.equal((await move(petr, anna, 100)).body.code, "no-agreement");
});

test("claims between partners are as if the points had never moved", async () => {
  const giver = String((await buy("h-giver", 1_000)).member);
  const taker = String((await buy("h-taker", 10)).member);
  await agree(giver, taker);
  const claims = async () => {
    const { rows } = await api.engines.pool.query<{ funder: string; cents: string }>(
      `select m->>4 as funder, sum((m->>6)::int8) as cents from operation, json_array_elements(movements) m
       where m->>1 = 're' and m->>5 = 'beta' group by 1 order by 1`,
    );
    return Object.fromEntries(rows.map(({ funder, cents }) => [funder, Number(cents)]));
  };
  const before = await claims();
  assert.equal((await move(giver, taker, 10_000)).status, 201);
  assert.deepEqual(await claims(), before, "moving is no redemption");
  await buy("h-taker", 101, 10_100, "beta");
  const after = await claims();
  const owed = Object.fromEntries(
    Object.entries(after).map(([funder, cents]) => [funder, cents - (before[funder] ?? 0)]),
  );
  assert.deepEqual(owed, { alfa: 5_050, beta: 3_030, telecom: 2_020 }, "5 : 3 : 2, as they were earned");
});

test("members who became one keep what they agreed and moved; the ledger stays sound", async () => {
  const elder = String((await buy("h-elder", 300)).member);
  const younger = String((await buy("h-younger", 300)).member);
  const child = String((await buy("h-child", 10)).member);
  await agree(younger, child);
  const moved = await move(younger, child, 1_000);
  await api.call(`/v1/members/${elder}/merge`, { key: operator, body: { with: younger, note: "one" } });
  assert.equal((await move(elder, child, 500)).status, 201, "the survivor answers for the agreement");
  const back = await post(`/v1/transfers/${moved.body.transfer}/undo`, { note: "back" });
  assert.deepEqual([back.status, back.body.pointsCents], [201, 1_000], back.text);
  assert.equal(await activeOf(elder), 5_500);
  await api.call(`/v1/members/${younger}/unmerge`, { key: operator, body: { note: "two" } });
  const report = await verifyProjections(api.engines.pool, {
    calendar: createCalendar("Europe/Moscow"),
    now: api.clock.now,
  });
  assert.deepEqual(report.differences, []);
  assert.equal((await activeOf(elder)) + (await activeOf(younger)), 5_500);
});

test("a programme that does not allow it refuses to record an agreement", async () => {
  const deps = { pool: api.engines.pool, clock: api.clock, programmes: programmesOf(api.clock.now, SMALL_COALITION) };
  const refused = await agreeOn(deps, 1, 2, "test");
  assert.deepEqual(refused, { ok: false, failure: { code: "household-not-allowed" } });
});
