import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, testApi } from "../../../../test/support/api.ts";
import { hasSeenAll } from "../../../../test/support/missions.ts";
import { followStream, settleRewards } from "../index.ts";

const api = await testApi({ isStored: true });
const { clock, checkout } = api;
const { pool } = api.engines;
const telecom = (await api.makeKey("partner", "telecom")).key;
const { operator } = api.keys;

async function run(): Promise<void> {
  const deps = { pool, clock, programmes: api.programmes, checkout };
  while ((await followStream(deps)) || (await settleRewards(deps)) > 0 || !(await hasSeenAll(pool)));
}

function document(over: object = {}) {
  return {
    partner: "telecom",
    name: { ru: "Номер", en: "Number" },
    ladder: "groceries",
    rung: 1,
    from: "2026-06-01",
    until: "2026-12-31",
    goal: { event: "number-moved" },
    reward: { percent: "70%", at: "alfa", category: "food", lasts: "30 days" },
    funders: { telecom: 1 },
    fee: "500 RUB",
    ...over,
  };
}

const put = (id: string, body: object, key = telecom) => api.call(`/v1/missions/${id}`, { method: "PUT", key, body });
const act = (id: string, action: string, key: string) => api.call(`/v1/missions/${id}/${action}`, { key, body: {} });

async function live(id: string, body: object): Promise<void> {
  assert.equal((await put(id, body)).status, 200);
  assert.equal((await act(id, "forecast", telecom)).status, 200);
  const approved = await act(id, "approve", operator);
  assert.equal(approved.status, 200, approved.text);
  clock.advance(1_000);
}

const receipt = {
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number: "1",
  at: "2026-06-15T11:59:00+03:00",
  lines: [{ category: "food", amount: 10_000 }],
  member: { kind: "phone", value: "+79000000001" },
};
const member = String((await api.call("/v1/receipts", { key: api.keys.till, body: receipt })).body.member);

async function ladder(): Promise<Json> {
  const answer = await api.call(`/v1/members/${member}/ladder`, { key: operator });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

test("a partner drafts, the operator approves; faults are told by field, another partner's mission is nobody's", async () => {
  const bad = await put("number", document({ goal: { event: "x", of: "telecm" } }));
  assert.equal(bad.status, 400);
  assert.match(bad.text, /"pointer":"\/goal\/of"/);
  assert.equal((await put("number", document(), api.keys.partner)).status, 403);
  assert.equal((await put("number", document())).status, 200);
  assert.equal((await act("number", "approve", telecom)).status, 403);
  assert.equal((await act("number", "approve", operator)).status, 409);
  assert.equal((await api.call("/v1/missions/number", { key: api.keys.partner })).status, 404);
  assert.deepEqual((await ladder()).ladders, [], "members see no drafts");
  const stating = (assumptions: object) =>
    api.call("/v1/missions/number/forecast", { key: telecom, body: { assumptions } });
  const misordered = await stating({ won: { low: 300, expected: 200, high: 400 } });
  assert.equal(misordered.status, 400);
  assert.match(misordered.text, /"pointer":"\/assumptions\/won"/);
  assert.equal((await stating({ luck: { low: 1, expected: 2, high: 3 } })).status, 400);
  const won = { low: 100, expected: 200, high: 400 };
  const forecast = await stating({ won });
  assert.equal(forecast.status, 200, forecast.text);
  const approved = await act("number", "approve", operator);
  assert.equal(approved.status, 200);
  const { assumptions, completions } = approved.body.forecast as unknown as {
    assumptions: Record<string, { source: string; expected: number; text: { ru: string } }>;
    completions: { low: number };
  };
  assert.deepEqual([assumptions.won?.source, assumptions.won?.expected], ["stated", 200], "it was made live on these");
  assert.match(assumptions.won?.text.ru ?? "", /благодаря заданию: 2 % \(1 % – 4 %\); указал автор\.$/);
  assert.ok(completions.low >= 0);
  clock.advance(1_000);
  assert.equal((await put("number", document({ rung: 3 }))).status, 409);
  const told = await api.call("/v1/missions/number", { key: telecom });
  assert.equal(told.body.state as unknown, "live");
  assert.deepEqual(
    (told.body.log as unknown as { action: string }[]).map(({ action }) => action),
    ["draft", "forecast", "approve"],
  );
});

test("the ladder: rungs, progress, what each adds, the sum now and possible, and why a rung is closed", async () => {
  await live(
    "services",
    document({
      rung: 2,
      after: "number",
      goal: { event: "services-on" },
      fee: undefined,
      reward: { percent: "50%", at: "alfa", lasts: "30 days" },
    }),
  );
  await live("gold", document({ rung: 3, audience: { segment: "gold" }, fee: undefined }));
  const before = (await ladder()).ladders as unknown as Ladders;
  assert.deepEqual(
    before[0]?.rungs.map(({ mission, state, closed }) => [mission, state, closed?.code]),
    [
      ["number", "open", undefined],
      ["services", "closed", "prerequisite"],
      ["gold", "closed", "audience"],
    ],
  );
  assert.deepEqual([before[0]?.nowBp, before[0]?.possibleBp], [0, 12_000]);
  for (const [id, type] of [
    ["n1", "number-moved"],
    ["s1", "services-on"],
  ]) {
    const body = { partner: "telecom", id, type, member: { id: member }, at: new Date(clock.now()).toISOString() };
    assert.equal((await api.call("/v1/events", { key: telecom, body })).status, 201);
  }
  await run();
  clock.advance(1_000);
  const after = (await ladder()).ladders as unknown as Ladders;
  assert.equal(after[0]?.nowBp, 12_000, "70 % and 50 %: more than the whole");
  assert.equal(after[0]?.rungs[0]?.holds, true);
});

type Ladders = readonly {
  nowBp: number;
  possibleBp: number;
  rungs: readonly { mission: string; state: string; holds: boolean; closed?: { code: string } }[];
}[];

test("a completion names the event, the operation and the fee; fees of a month sum to the settlement's line", async () => {
  const page = await api.call("/v1/missions/number/completions?month=2026-06", { key: telecom });
  const [row] = page.body.items as unknown as { event: object; feeKopecks: number; operation: string }[];
  assert.deepEqual(row?.event, { partner: "telecom", id: "n1" });
  assert.equal(row?.feeKopecks, 50_000);
  const operations = await api.call(`/v1/members/${member}/operations?limit=5`, { key: operator });
  assert.match(operations.text, new RegExp(String(row?.operation)));
});

test("a mission's budget is shared by everybody: what is left of it is told, and the award that finds nothing is closed", async () => {
  const reward = { points: "20 points" };
  const given = { ladder: undefined, rung: undefined, fee: undefined, goal: { event: "gift" }, reward };
  await live("gift", document({ ...given, budget: "25 points" }));
  const cards = ["+79000000011", "+79000000012", "+79000000013"];
  for (const [i, value] of cards.entries()) {
    const shown = { ...receipt, number: `g${i}`, member: { kind: "phone", value } };
    assert.equal((await api.call("/v1/receipts", { key: api.keys.till, body: shown })).status, 201);
    const at = new Date(clock.now()).toISOString();
    const body = { partner: "telecom", id: `g${i}`, type: "gift", member: { kind: "phone", value }, at };
    assert.equal((await api.call("/v1/events", { key: telecom, body })).status, 201);
  }
  await run();
  const page = await api.call("/v1/missions/gift/completions?month=2026-06", { key: operator });
  const items = page.body.items as unknown as { pointsCents: number }[];
  assert.deepEqual(
    items.map(({ pointsCents }) => pointsCents).sort((a, b) => a - b),
    [500, 2_000],
    "20 and 5 by policy trim, and the third found nothing",
  );
  const budgets = await api.call("/v1/budgets?cap=mission-gift-budget", { key: operator });
  const [budget] = budgets.body.items as unknown as { usedCents: number; limitCents: number }[];
  assert.deepEqual([budget?.usedCents, budget?.limitCents], [2_500, 2_500]);
  assert.equal((await api.call("/v1/budgets", { key: telecom })).status, 403);
});
